/** Completions of a million characters for which a careless parser needs minutes. */

/** Length of each text without its tags. */
export const LONG = 1_000_000;

function fill(piece: string, length = LONG): string {
  return piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
}

const answered = (answer: string) => `<think><map>{}</map></think><answer>${answer}</answer>`;
const drawn = (map: string) => `<think><map>${map}</map></think><answer>A</answer>`;

function numbered(write: (index: number) => string): string {
  const pieces: string[] = [];
  for (let length = 0, index = 0; length < LONG; index++) {
    const piece = write(index);
    length += piece.length;
    pieces.push(piece);
  }
  return pieces.join('');
}

/** The texts, by their content. */
export const LONG_TEXTS: readonly (readonly [name: string, text: () => string])[] = [
  ['opening tags', () => fill('<answer><map><think>')],
  ['closing tags', () => fill('</think></map></answer>')],
  ['answers between thoughts', () => fill('</think> <answer>A</answer>')],
  ['white space', () => answered(`${fill(' \u00a0\t')}A`)],
  ['digits', () => answered(fill('1'))],
  ['digits of another script', () => answered(fill('٤'))],
  ['thousands separators', () => answered(fill('1,234,'))],
  ['number words', () => answered(fill('half a hundred and '))],
  ['words of the true text', () => answered(fill('the man opens the door '))],
  ['words that differ', () => answered(numbered((index) => `door${index.toString(36)}ings `))],
  ['map: open brackets', () => drawn(`{"bed":${fill('[')}}`)],
  ['map: open dictionaries', () => drawn(fill('{"bed":'))],
  ['map: points', () => drawn(`{"bed":[${fill('[1,2],', 999_996)}]}`)],
  ['map: points, cut off', () => drawn(`{"bed":[${fill('[1,2],')}`)],
  ['map: points without a dictionary', () => drawn(`bed ${fill('(1, 2) ')}`)],
  ['map: names without a dictionary', () => drawn(fill('bed chair (1,2) TV '))],
  ['map: categories', () => drawn(`{${numbered((index) => `"thing ${index}":[[1,2]],`)}}`)],
  ['map: one category again and again', () => drawn(`{${fill('"bed":[[1,2]],', 999_992)}}`)],
  ['map: fractions', () => drawn(`{"bed":[${numbered((index) => `[1.${index},0.5],`)}]}`)],
  ['map: a set', () => drawn(`{${fill('1,')}}`)],
  ['map: escapes', () => drawn(`{"${fill('\\x41')}":[[1,2]]}`)],
  ['map: one long name', () => drawn(`{"${fill('bed ')}":[[1,2]]}`)],
  ['map: comments', () => drawn(`{${fill('# bed\n')}}`)],
  ['map: white space', () => drawn(`{${fill(' \n')}}`)],
];
