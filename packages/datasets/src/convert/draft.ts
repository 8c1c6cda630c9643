/** Converts one row, a conversation or columns, to a record. */
import type { WrittenRecord } from '../jsonl/record.ts';
import { mediaKind } from '../jsonl/media-kind.ts';
import { letteredOptions, letterOfAnswer } from '../jsonl/options.ts';
import { conversationOf } from './conversation.ts';
import type { TurnKey } from './conversation.ts';
import type { MediaPlace } from './media-place.ts';
import { NotTaken } from './not-taken.ts';
import { isFields } from './rows.ts';
import type { Fields } from './rows.ts';
import { splitOptions } from './split-options.ts';

/** A record, and what of its row it leaves out. */
export interface Draft {
  readonly record: WrittenRecord;
  readonly notes: readonly string[];
}

const QUESTION = ['question', 'problem', 'query', 'prompt', 'instruction'];
const ANSWER = ['solution', 'answer', 'ground_truth', 'label', 'answers', 'response', 'output'];
const OPTIONS = ['options', 'choices', 'candidates'];
const KIND = ['kind', 'question_type', 'task', 'category'];
const ID = ['id', 'problem_id', 'question_id', 'uid'];

/**
 * A row as a record.
 *
 * @param keys Where its turns may stand; a row without any is read by its columns where `columns` allows it.
 * @throws NotTaken.
 */
export function draftOf(
  row: Fields,
  keys: readonly TurnKey[],
  place: MediaPlace,
  columns: boolean,
): Draft {
  const isTurns = (key: TurnKey): boolean => !columns || typeof row[key] !== 'string';
  const conversation = conversationOf(row, keys.filter(isTurns));
  if (conversation === undefined && !columns) {
    throw new NotTaken(`none of the keys ${keys.map((key) => `"${key}"`).join(', ')}`);
  }
  const asked = conversation?.question ?? textAt(row, QUESTION);
  if (asked === undefined)
    throw new NotTaken(`no question: none of the columns ${QUESTION.join(', ')}`);
  const reply = conversation?.reply;
  const truth = textAt(row, ANSWER) ?? reply;
  if (truth === undefined) {
    throw new NotTaken(`no answer: none of the keys ${ANSWER.join(', ')}, and no reply`);
  }
  const images = conversation?.media.image.length
    ? conversation.media.image
    : mediaAt(row, 'image');
  const videos = conversation?.media.video.length
    ? conversation.media.video
    : mediaAt(row, 'video');
  const answer = between(truth, 'answer') ?? truth.trim();
  const thinking = between(reply ?? truth, 'think');
  const given = optionsAt(row);
  const inText = given === undefined ? splitOptions(asked) : undefined;
  const isChoice = inText !== undefined && letterOfAnswer(inText.options, answer) !== undefined;
  const options = given ?? (isChoice ? inText.options : undefined);
  const kind = textAt(row, KIND);
  const id = textAt(row, ID);
  const { split } = row;
  const record: WrittenRecord = {
    ...(id !== undefined && { id }),
    question: isChoice ? inText.question : asked.trim(),
    media: [
      ...images.map((image) => writtenMedium(place.pathOf(image), 'image')),
      ...videos.map((video) => writtenMedium(place.pathOf(video), 'video')),
    ],
    ...(options && { options: [...options] }),
    answer: labelled(answer, options, row),
    ...(kind !== undefined && { kind }),
    ...((split === 'train' || split === 'test') && { split }),
    ...(thinking !== undefined && thinking !== '' && { thinking }),
  };
  return { record, notes: [...(conversation?.notes ?? []), ...unreadColumns(row, keys)] };
}

const READ: ReadonlySet<string> = new Set([
  ...[...QUESTION, ...ANSWER, ...OPTIONS, ...KIND, ...ID],
  ...['image', 'images', 'video', 'videos', 'split', 'system', 'history', 'completion'],
]);

/** Columns with something in them that no key of a record is made from. */
function unreadColumns(row: Fields, keys: readonly string[]): readonly string[] {
  return Object.entries(row)
    .filter(([key, value]) => !READ.has(key) && !keys.includes(key) && !isEmpty(value))
    .map(([key]) => `the column "${key}"`);
}

function isEmpty(value: unknown): boolean {
  return (
    value === null ||
    value === undefined ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  );
}

/** A medium as a record has it: the path alone where its name tells the kind. */
export function writtenMedium(
  path: string,
  kind: 'video' | 'image',
): NonNullable<WrittenRecord['media']>[number] {
  return mediaKind(path) === kind ? path : { path, kind };
}

/** The first of the keys that the row has, as a text. */
function textAt(row: Fields, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = row[key];
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'number' || typeof value === 'bigint') return String(value);
    if (Array.isArray(value) && value.length === 1 && typeof value[0] === 'string') return value[0];
  }
  return undefined;
}

/** What a row has under `image` or `images`, one or a list. */
function mediaAt(row: Fields, kind: 'image' | 'video'): readonly unknown[] {
  const value = row[`${kind}s`] ?? row[kind];
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A list of texts, the same as JSON, or an object by letter. */
function optionsAt(row: Fields): readonly string[] | undefined {
  const key = OPTIONS.find((candidate) => row[candidate] !== undefined && row[candidate] !== null);
  let value = key === undefined ? undefined : row[key];
  if (typeof value === 'string' && value.trim().startsWith('[')) {
    try {
      value = JSON.parse(value);
    } catch {
      throw new NotTaken(`"${key}" is a text, and no JSON list`);
    }
  }
  if (isFields(value)) value = Object.entries(value).map(([letter, text]) => `${letter}. ${text}`);
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.map(String);
}

/** `label` is a number from 0 where Hugging Face's `datasets` names classes. */
function labelled(answer: string, options: readonly string[] | undefined, row: Fields): string {
  const lettered = options && letteredOptions(options);
  if (lettered === undefined || letterOfAnswer(lettered, answer) !== undefined) return answer;
  const isLabel = ANSWER.slice(0, 3).every((key) => row[key] === undefined);
  if (!isLabel || !/^\d+$/u.test(answer)) return answer;
  return lettered[Number(answer)]?.[0] ?? answer;
}

function between(text: string, tag: 'answer' | 'think'): string | undefined {
  return new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'u').exec(text)?.[1]?.trim();
}
