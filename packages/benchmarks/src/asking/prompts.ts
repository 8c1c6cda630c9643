/**
 * How the questions of a benchmark are put, in words of our own: `official` in the order and with the demands of its authors,
 * `thinking` and `thinking-map` as SpaceR was trained (and, with one list of categories, evaluated).
 */
import { THINK_ALOUD, answerInTags, offerMap, placeMedia } from '@loci/core';
import type {
  BenchmarkItem,
  FrameSelection,
  MediaReference,
  Message,
  MessagePart,
  PromptStyle,
} from '@loci/core';

/** What an answer is. */
export type AnswerForm = 'letter' | 'number' | 'yes-no' | 'label' | 'actions' | 'caption';

/** The styles that benchmarks can be asked in. */
export const PROMPT_STYLES = [
  'official',
  'thinking',
  'thinking-map',
] as const satisfies readonly PromptStyle[];

/** One of them. */
export type AskedStyle = (typeof PROMPT_STYLES)[number];

const PLAIN_DEMANDS: Readonly<Record<AnswerForm, string>> = {
  letter: 'Reply with the letter of the right option and nothing else.',
  number: 'Reply with one number and nothing else.',
  'yes-no': 'Reply with yes or no and nothing else.',
  label: 'Reply with the better option and nothing else.',
  actions: 'Reply with the list of actions and nothing else.',
  caption: '',
};

const TAGGED_DEMANDS: Readonly<Record<AnswerForm, string>> = {
  letter: answerInTags('Give only the letter of the option'),
  number: answerInTags('Give the answer as a number (42 or 3.1, for example)'),
  'yes-no': answerInTags('Give only yes or no'),
  label: answerInTags('Give only the label of the better option'),
  actions: answerInTags('Give only the list of actions'),
  caption: answerInTags('Give only the caption'),
};

/** Sentences that a user puts in place of ours, the authors' own perhaps; `announce` stands before the question. */
export type Wording = {
  readonly [Part in AnswerForm | 'announce']?: string | undefined;
};

/** What is put around a question. */
export interface Asking {
  readonly style: AskedStyle;
  readonly form: AnswerForm;
  /** How the media are read; absent: as the model's own settings say. */
  readonly frames?: FrameSelection;
  /** Says what is shown; in the official style only. */
  readonly announce?: string;
  /** Further facts that answering needs, `Coordinates run from 0 to 1000.` */
  readonly remarks?: readonly string[];
  /** Categories of the map in the style `thinking-map`; absent where there is no list. */
  readonly mapCategories?: readonly string[];
  readonly wording?: Wording | undefined;
  /** The question where it is not the item's own, such as one that already contains the options. */
  readonly question?: string;
  /** What stands between the media and the question, subtitles for instance. */
  readonly before?: readonly MessagePart[];
}

/**
 * One user turn: the media, what comes before the question, then question, options and demand. Media that the question has markers for
 * stand there.
 */
export function askItem(item: BenchmarkItem, asking: Asking): readonly Message[] {
  const placed = placeMedia(questionText(item, asking), item.media, () => asking.frames);
  const text = placed.findIndex(({ type }) => type === 'text');
  const parts = [...placed.slice(0, text), ...(asking.before ?? []), ...placed.slice(text)];
  return [{ role: 'user', parts }];
}

/** The same where the media are already among the parts, between subtitles for instance. */
export function askWith(
  item: BenchmarkItem,
  asking: Asking,
  parts: readonly MessagePart[],
): readonly Message[] {
  return [{ role: 'user', parts: [...parts, { type: 'text', text: questionText(item, asking) }] }];
}

/** A medium with how it is read. */
export function mediaPart(media: MediaReference, frames: FrameSelection | undefined): MessagePart {
  return { type: 'media', media, ...(frames && { frames }) };
}

function questionText(item: BenchmarkItem, asking: Asking): string {
  const { style, form, announce = '', remarks = [], mapCategories, wording = {} } = asking;
  const official = style === 'official';
  const question = asking.question ?? item.question;
  const options = asking.question === undefined ? item.options : [];
  return [
    wording.announce ?? (official ? announce : ''),
    question,
    ...(options.length === 0 ? [] : ['Options:', ...options]),
    ...remarks,
    ...(official ? [] : [THINK_ALOUD]),
    ...(style === 'thinking-map' ? [offerMap(mapCategories)] : []),
    wording[form] ?? (official ? PLAIN_DEMANDS : TAGGED_DEMANDS)[form],
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** Tokens that an answer needs: a few words, or reasoning, as SpaceR's evaluation allows. */
export function tokensFor(style: AskedStyle, form: AnswerForm): number {
  if (style !== 'official') return 1024;
  return form === 'actions' || form === 'caption' ? 128 : 16;
}
