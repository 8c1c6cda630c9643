/** Shortens completions to one line of a terminal: short ones are kept, long ones reduced to map and answer. */

/** Longest completion that is kept whole, in characters. */
const WHOLE = 200;
/** Characters of a map and of an answer. */
const PIECE = 80;

const BLOCKS = [
  ['<map>', '</map>'],
  ['<answer>', '</answer>'],
] as const;

/**
 * A completion on one line. Long ones are reduced to their first map and their last answer; without either, to both ends.
 * Line breaks and control characters become escapes.
 *
 * @example excerpt('<think>' + 'hm '.repeat(500) + '</think><answer>B</answer>') // '… <answer>B</answer>'
 */
export function excerpt(completion: string): string {
  if (completion === '') return '(empty)';
  if (completion.length <= WHOLE) return onOneLine(completion);
  const blocks = BLOCKS.flatMap(([opening, closing]) => {
    const start =
      opening === '<map>' ? completion.indexOf(opening) : completion.lastIndexOf(opening);
    if (start < 0) return [];
    const end = completion.indexOf(closing, start);
    const block = completion.slice(start, end < 0 ? start + 2 * PIECE : end + closing.length);
    return [shortened(block)];
  });
  if (blocks.length > 0) return onOneLine(`… ${blocks.join(' … ')}`);
  return `${onOneLine(completion.slice(0, PIECE))} … ${onOneLine(completion.slice(-PIECE))} (${completion.length} characters)`;
}

/** The beginning of a block and its closing tag. */
function shortened(block: string): string {
  if (block.length <= 2 * PIECE) return block;
  return `${block.slice(0, PIECE)} … ${block.slice(-PIECE / 4)}`;
}

/** Escapes characters that would break the line or the terminal. */
function onOneLine(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll('\\\\', '\\')
    .replaceAll(/[\u007f-\u009f]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
}
