/** For the property tests: completions as no model should write them. */
import fc from 'fast-check';

const TAGS = [
  '<think>',
  '</think>',
  '<answer>',
  '</answer>',
  '<map>',
  '</map>',
  '<answer',
  '</Answer>',
];
const MAPS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    ':',
    ',',
    '"tv":[[4,5]]',
    "'Chair':[(1,2)]",
    '[[1,2]]',
    'chair 1: (2,3)',
  ],
  ...[
    'set()',
    '#',
    '\\',
    '"""',
    "b'",
    '\\x4',
    'null',
    '...',
    'str{',
    '__proto__',
    'constructor',
    '1_0',
  ],
];
const NUMBERS = [
  ...[
    '0',
    '3.5',
    '-',
    '-4',
    '.5',
    '1e999',
    '-1e308',
    'nan',
    'inf',
    '1,234',
    '٤٢',
    '9'.repeat(400),
    '0x' + 'f'.repeat(300),
  ],
  ...['one', 'twenty', 'half', 'a', 'hundred and', 'two thousand', '1/2', '5e-324'],
];
const TEXT = [
  'A',
  'B.',
  '(a)',
  'chair',
  'left',
  ' ',
  '\n',
  '\r\n',
  '\u00a0',
  '\u001c',
  '\ufeff',
  '漢',
  '\ud800',
  '😀',
  'İ',
  '\0',
];

const soup = fc
  .array(fc.constantFrom(...TAGS, ...MAPS, ...NUMBERS, ...TEXT), { maxLength: 30 })
  .map((pieces) => pieces.join(''));
/** The same where it is read: in a map and in an answer. */
const dressed = fc.tuple(soup, soup, fc.boolean()).map(([map, answer, braces]) => {
  const drawn = braces ? `{${map}}` : map;
  return `<think><map>${drawn}</map></think><answer>${answer}</answer>`;
});
const nested = fc
  .tuple(fc.constantFrom('()', '[]', '{}', '((,))', '[[1,]]'), fc.integer({ min: 1, max: 300 }))
  .map(([pair, depth]) => {
    const half = pair.length / 2;
    const text = pair.slice(0, half).repeat(depth) + pair.slice(half).repeat(depth);
    return `<map>{${text}: ${text}, "chair": ${text}}</map><answer>${text}</answer>`;
  });

/** Any text, tags and brackets in any order, numbers without bounds, nesting without end. */
export const hostileText = fc.oneof(fc.string({ unit: 'binary' }), soup, dressed, {
  weight: 1,
  arbitrary: nested,
});
