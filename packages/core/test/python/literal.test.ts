import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readPythonLiteral } from '../../src/python/literal.ts';
import { pythonText } from '../../src/python/value.ts';

const read = (text: string) => {
  const value = readPythonLiteral(text);
  return value && pythonText(value);
};

describe('literals, as Python would print them', () => {
  test.each([
    ['[1, 2.5, -3, +4]', '[1, 2.5, -3, 4]'],
    ['[0x1F, 0o17, 0b11, 1_000, 00]', '[31, 15, 3, 1000, 0]'],
    ['[123456789012345678901234567890]', '[123456789012345678901234567890]'],
    [
      '[1e999, -0.0, 1e16, 1.5e-7, 100000.0, .5, 5.]',
      '[inf, -0.0, 1e+16, 1.5e-07, 100000.0, 0.5, 5.0]',
    ],
    ['[1+2j, -1.5-2j, 3J]', '[(1+2j), (-1.5-2j), 3j]'],
    ['()', '()'],
    ['(1)', '1'],
    ['(1,)', '(1,)'],
    ['{1, 2,}', '{1, 2}'],
    ['set()', 'set()'],
    ['{}', '{}'],
    ['{"a": 1, "b": 2, "a": 3}', "{'a': 3, 'b': 2}"],
    ['{1: "x", True: "y", 1.0: "z"}', "{1: 'z'}"],
    [`['it\\'s', "x" 'y', r'\\n', u'q', b'x' B"y"]`, `["it's", 'xy', '\\\\n', 'q', b'xy']`],
    [`['\\x41\\101\\u0042\\q\\\n!']`, `['AAB\\\\q!']`],
    ["['''a\nb''']", "['a\\nb']"],
    ["['''a\r\nb\rc''', 1,\r2]", "['a\\nb\\nc', 1, 2]"],
    ['[1.5e3, 00.5, 1_0.5, 0e0, 5.e1, 1e5j]', '[1500.0, 0.5, 10.5, 0.0, 50.0, 100000j]'],
    ['[[1,2],(3,4),[10,2],[-1,2],(5,6,)]', '[[1, 2], (3, 4), [10, 2], [-1, 2], (5, 6)]'],
    ['[-0, "", \'\' "a"]', "[0, '', 'a']"],
    ['[None, True, False, ...]', '[None, True, False, Ellipsis]'],
    ['[1, # one\n 2]', '[1, 2]'],
  ])('%s', (text, printed) => expect(read(text)).toBe(printed));
});

describe('keys', () => {
  test.each([
    ['{(1, 2): "a", (1.0, 2): "b", (1, (2,)): "c"}', "{(1, 2): 'b', (1, (2,)): 'c'}"],
    ['{("1", 2): "a", ("12",): "b", (1, 2): "c"}', "{('1', 2): 'a', ('12',): 'b', (1, 2): 'c'}"],
    ['{("a", "b"): 1, ("ab",): 2, ("a,b",): 3}', "{('a', 'b'): 1, ('ab',): 2, ('a,b',): 3}"],
    ['{(1e999,): 1, (-1e999,): 2, (-0.0,): 3, (0,): 4}', '{(inf,): 1, (-inf,): 2, (-0.0,): 4}'],
    [
      '{9007199254740993: 1, 9007199254740992.0: 2, 9007199254740992: 3}',
      '{9007199254740993: 1, 9007199254740992.0: 3}',
    ],
    ['{"n1": 1, 1: 2, b"1": 3, "b1": 4, None: 5, "None": 6, 0j: 7, False: 8}', undefined],
  ])('%s', (text, printed) => {
    if (printed !== undefined) expect(read(text)).toBe(printed);
    else expect(read(text)?.match(/: \d/g)).toHaveLength(7);
  });

  test('an integer of more than 4300 digits is not written', () => {
    const key = readPythonLiteral(`0x${'f'.repeat(4000)}`)!;
    expect(() => pythonText(key)).toThrow('4300');
    expect(pythonText(readPythonLiteral('0x' + 'f'.repeat(3000))!)).toHaveLength(3613);
  });
});

describe('what is no literal', () => {
  test.each([
    '',
    'chair',
    '[1 2]',
    '[,]',
    '[1,,]',
    '[01]',
    '[1__0]',
    '[1+1]',
    '[1+-2j]',
    '[--1]',
    '[-True]',
    '[-"a"]',
    '[null]',
    '{[1]: 2}',
    '{{1: 2}}',
    '{**{}}',
    "['a' b'b']",
    "[b'é']",
    "[f'']",
    "[ur'']",
    "['\\x4']",
    "['\\U00110000']",
    "['a\nb']",
    "['a",
    '[1]*2',
    '[set(1)]',
    '[1]\0',
  ])('%j', (text) => expect(readPythonLiteral(text)).toBeUndefined());

  test('more than 200 open brackets, and integers of more than 4300 digits', () => {
    expect(readPythonLiteral('['.repeat(200) + ']'.repeat(200))).toBeDefined();
    expect(readPythonLiteral('['.repeat(201) + ']'.repeat(201))).toBeUndefined();
    expect(readPythonLiteral('9'.repeat(4300))).toBeDefined();
    expect(readPythonLiteral('9'.repeat(4301))).toBeUndefined();
    expect(readPythonLiteral(`0x${'f'.repeat(5000)}`)).toBeDefined();
  });
});

test("JSON's constants are read on demand", () => {
  const value = readPythonLiteral('[null, true, false]', { jsonConstants: true });
  expect(value && pythonText(value)).toBe('[None, True, False]');
});

test('JSON that Python reads too comes through', () => {
  const plain = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.integer(),
      fc.string(),
      fc.array(tie('value')),
      fc.dictionary(fc.string(), tie('value')),
    ),
  })).value;
  fc.assert(fc.property(plain, (value) => readPythonLiteral(JSON.stringify(value)) !== undefined));
});

test('any text gives a value or nothing, never an error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => void readPythonLiteral(`{${text}}`)),
  );
});

// A reader that looks back over such a run, or recurses into it, would not come back.
test.each(['1_', '[', "'", '{1:', '9', '# ', '\\\n', '(', '...,'])(
  'a megabyte of %j is read to its end',
  (piece) => {
    const text = `{${piece.repeat(1_000_000 / piece.length)}}`;
    expect(() => readPythonLiteral(text)).not.toThrow();
  },
);
