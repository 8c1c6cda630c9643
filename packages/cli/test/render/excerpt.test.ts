import { expect, test } from '@jest/globals';
import { excerpt } from '../../src/render/excerpt.ts';

const LONG = 'hm '.repeat(500);

test.each([
  ['', '(empty)'],
  ['a\n"b"\\', 'a\\n"b"\\'],
  ['\u001b[2J\u009b1m\ud800', '\\u001b[2J\\u009b1m\\ud800'],
  [
    `${LONG}<map>{"a":[[1,2]]}</map>${LONG}<answer>B</answer>`,
    '… <map>{"a":[[1,2]]}</map> … <answer>B</answer>',
  ],
  [`<answer>A</answer>${LONG}<answer>B</answer>`, '… <answer>B</answer>'],
])('%j is shown as %j', (text, shown) => {
  expect(excerpt(text)).toBe(shown);
});

test('without tags both ends are shown; a long block loses its middle', () => {
  expect(excerpt(`begin ${LONG} end`)).toMatch(/^begin hm .* … .* hm {2}end \(1510 characters\)$/);
  const cut = excerpt(`<map>{${'"chair":[[1,2]],'.repeat(100)}}</map>`);
  expect(cut).toMatch(/^… <map>\{"chair".* … .*\]\],\}<\/map>$/);
  expect(cut.length).toBeLessThan(120);
});

test('a block that is never closed is cut', () => {
  expect(excerpt(`<answer>${'9'.repeat(10_000)}`).length).toBeLessThan(200);
});
