import { expect, test } from '@jest/globals';
import { markdownTable } from '../../src/bench/table.ts';

test('figures lean right under their header', () => {
  expect(markdownTable(['phase', 'ms'], [['update', '13']])).toBe(
    '| phase | ms |\n| --- | ---: |\n| update | 13 |',
  );
});
