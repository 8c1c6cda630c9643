/** The form a completion must have: thinking in its tags, then the answer in its tags, and nothing else. */
import { PYTHON_SPACE, pythonStrip } from '../../python/text.ts';

const OPENING = '<think>';
const CLOSING = '</answer>';
const TAGS = ['<think>', '</think>', '<answer>', '</answer>'] as const;
const SEAM = new RegExp(`</think>[${PYTHON_SPACE}]*<answer>`, 'gu');

/**
 * Whether a completion is `<think>…</think><answer>…</answer>` with each tag exactly once, white space allowed around
 * and between the blocks. A map therefore sits inside one of them.
 */
export function isWellFormed(completion: string): boolean {
  return formatProblem(completion) === undefined;
}

/** What is wrong with the form of a completion, in words, or `undefined` when it is well formed. */
export function formatProblem(completion: string): string | undefined {
  for (const tag of TAGS) {
    const first = completion.indexOf(tag);
    if (first < 0) return `no ${tag}`;
    if (completion.indexOf(tag, first + tag.length) >= 0) return `more than one ${tag}`;
  }
  const text = pythonStrip(completion);
  if (!text.startsWith(OPENING)) return `text before ${OPENING}`;
  if (!text.endsWith(CLOSING)) return `text after ${CLOSING}`;
  const seams = text.match(SEAM);
  return seams === null ? 'text between </think> and <answer>' : undefined;
}

/**
 * The same as SpaceR checks it: the whole text, unstripped, matches `<think>.*?</think>\s*<answer>.*?</answer>`. Repeated
 * and nested blocks pass, a trailing line break does not.
 */
export function isWellFormedAsInSpacer(completion: string): boolean {
  if (!completion.startsWith(OPENING) || !completion.endsWith(CLOSING)) return false;
  const latest = completion.length - CLOSING.length;
  for (const seam of completion.matchAll(SEAM)) {
    if (seam.index >= OPENING.length && seam.index + seam[0].length <= latest) return true;
  }
  return false;
}
