/**
 * Finds the answer of a completion. Tags are exactly `<answer>` and `</answer>`; whatever stands between them counts,
 * line breaks included, with the white space at both ends cut.
 */
import { pythonStrip } from '../../python/text.ts';

const THINKING_END = '</think>';

/**
 * The answer of a completion: the last complete answer block after the last `</think>`, so that an answer tried out while
 * thinking does not count, and a repeated opening tag belongs to the block it opens last. `undefined` when there is none.
 *
 * @example extractAnswer('<think><answer>A</answer>?</think><answer>B</answer>') // 'B'
 */
export function extractAnswer(completion: string): string | undefined {
  const thinkingEnd = completion.lastIndexOf(THINKING_END);
  const visible =
    thinkingEnd < 0 ? completion : completion.slice(thinkingEnd + THINKING_END.length);
  const end = visible.lastIndexOf('</answer>');
  const start = end < 0 ? -1 : visible.lastIndexOf('<answer>', end);
  return start < 0 ? undefined : pythonStrip(visible.slice(start + '<answer>'.length, end));
}

/**
 * The true answer of a record: the content of its answer tags, or the whole text of records that carry none (the SpaceR
 * data of April 2025). `undefined` when nothing is left.
 */
export function extractSolution(solution: string): string | undefined {
  const answer = extractAnswer(solution) ?? pythonStrip(solution);
  return answer === '' ? undefined : answer;
}

/** The answer as SpaceR's rewards extract it: the first block wherever it stands, the empty text when there is none. */
export function extractFirstAnswer(text: string): string {
  return firstBlock(text, 'answer') ?? '';
}

/** The answer as SpaceR's evaluation extracts it: the first block, the word `None` when there is none. */
export function extractAnswerForEvaluation(text: string): string {
  return firstBlock(text, 'answer') ?? 'None';
}

/** The text of the first map, or `undefined` when no map tag is opened and closed after. */
export function extractMapText(text: string): string | undefined {
  return firstBlock(text, 'map');
}

/** What the regular expression `<tag>(.*?)</tag>` finds first, stripped; in linear time. */
function firstBlock(text: string, tag: 'answer' | 'map'): string | undefined {
  const opening = text.indexOf(`<${tag}>`);
  if (opening < 0) return undefined;
  const start = opening + tag.length + 2;
  const end = text.indexOf(`</${tag}>`, start);
  return end < 0 ? undefined : pythonStrip(text.slice(start, end));
}
