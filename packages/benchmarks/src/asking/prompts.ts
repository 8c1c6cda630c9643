/**
 * Writes the prompts of benchmarks, in words of our own. The style `official` has the order and the demands of the authors;
 * `thinking` and `thinking-map` have those of SpaceR's training (and, with one list of categories, of its evaluation).
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

/** The form of an answer. */
export type AnswerForm = 'letter' | 'number' | 'yes-no' | 'label' | 'actions' | 'caption';

/** The styles of prompts. */
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

/** Sentences that replace ours, such as the authors' own; `announce` comes before the question. */
export type Wording = {
  readonly [Part in AnswerForm | 'announce']?: string | undefined;
};

/** The prompt around a question. */
export interface Asking {
  readonly style: AskedStyle;
  readonly form: AnswerForm;
  /** How to read the media; the model's own settings when absent. */
  readonly frames?: FrameSelection;
  /** A sentence that introduces the media; in the official style only. */
  readonly announce?: string;
  /** Further facts that answering needs, `Coordinates run from 0 to 1000.` */
  readonly remarks?: readonly string[];
  /** Categories of the map in the style `thinking-map`; absent without a list. */
  readonly mapCategories?: readonly string[];
  readonly wording?: Wording | undefined;
  /** A question in place of the item's own, such as one that already contains the options. */
  readonly question?: string;
  /** Parts between the media and the question, such as subtitles. */
  readonly before?: readonly MessagePart[];
}

/**
 * One user turn: the media, the parts before the question, then question, options and demand. Markers in the question place their media
 * there.
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

/** A medium with the choice of its frames. */
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

/** Most tokens of an answer: enough for a few words, or for reasoning, as in SpaceR's evaluation. */
export function tokensFor(style: AskedStyle, form: AnswerForm): number {
  if (style !== 'official') return 1024;
  return form === 'actions' || form === 'caption' ? 128 : 16;
}
