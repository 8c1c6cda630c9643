/** Separates the thinking of a model from its answer in one text. */

/** Opening tags of reasoning models, in any case. */
const OPENING =
  /<(?:think|thinking|thought|reasoning|seed:think)>|\[THINK\]|◁think▷|<\|begin_of_thought\|>|<\|channel\|>analysis<\|message\|>/iu;
/** Closing tags. The prompt may contain the opening one, so a closing tag can occur alone. */
const CLOSING =
  /<\/(?:think|thinking|thought|reasoning|seed:think)>|\[\/THINK\]|◁\/think▷|<\|end_of_thought\|>|<\|channel\|>final<\|message\|>/giu;
const ANSWER = '<answer>';

/** A text, split. */
export interface SplitText {
  /** Tags included; empty when the model did not think aloud. */
  readonly thinking: string;
  /** Without leading white space when thinking was cut off; empty when the model only thought. */
  readonly answer: string;
}

/**
 * The thinking and the answer of a text. Thinking ends at the last closing tag. Thinking that no tag closes ends at the first
 * `<answer>` in it, or never.
 *
 * @example splitThinking('<think>Four legs.</think>\n\nB') // { thinking: '<think>Four legs.</think>\n\n', answer: 'B' }
 */
export function splitThinking(text: string): SplitText {
  const closing = [...text.matchAll(CLOSING)].at(-1);
  if (closing === undefined) return splitUnclosed(text);
  const { answer } = splitUnclosed(text.slice(closing.index + closing[0].length));
  if (!saysNothing(answer)) return cutAt(text, answer.trimStart());
  // Some models answer first and explain themselves afterwards.
  return splitUnclosed(text.slice(0, closing.index), text);
}

/** @param whole The text that this is the start of. */
function splitUnclosed(text: string, whole = text): SplitText {
  const opening = OPENING.exec(text);
  if (opening === null) return whole === text ? { thinking: '', answer: text } : onlyThought(whole);
  const before = text.slice(0, opening.index);
  if (!saysNothing(before)) return { thinking: whole.slice(before.length), answer: before.trim() };
  const tagged = text.indexOf(ANSWER);
  return whole !== text || tagged < 0 ? onlyThought(whole) : cutAt(text, text.slice(tagged));
}

function cutAt(text: string, answer: string): SplitText {
  return { thinking: text.slice(0, text.length - answer.length), answer };
}

function onlyThought(text: string): SplitText {
  return { thinking: text, answer: '' };
}

/** White space, invisible characters, and tokens that end a turn; none of them is an answer. */
const UNSEEN = /[\s\u200b-\u200d\u2060\ufeff\0]+|<\|[\w-]*\|>|<\/?s>/gu;

/** Whether a text has nothing to read. */
export function saysNothing(text: string): boolean {
  return text.replace(UNSEEN, '') === '';
}
