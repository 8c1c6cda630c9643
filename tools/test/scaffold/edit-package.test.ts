import { describe, expect, test } from '@jest/globals';
import { addRow, addToIndex } from '../../src/scaffold/edit-package.ts';
import { rewardName } from '../../src/scaffold/reward-name.ts';

const INDEX = `import { answer } from './answer.ts';
import { map } from './map.ts';

export { answer, map };
export { rouge } from './text/rouge.ts';

/** The rewards. */
export const plugins = [answer, map] as const;
`;

describe('the index', () => {
  test('gets the reward in alphabetical order', () => {
    expect(addToIndex(INDEX, rewardName('area', []))).toBe(`import { answer } from './answer.ts';
import { area } from './area.ts';
import { map } from './map.ts';

export { answer, area, map };
export { rouge } from './text/rouge.ts';

/** The rewards. */
export const plugins = [answer, area, map] as const;
`);
    expect(addToIndex(INDEX, rewardName('zone', []))).toContain(
      "import { map } from './map.ts';\nimport { zone } from './zone.ts';\n",
    );
  });

  test('breaks a list that would be longer than a line, and keeps a broken one', () => {
    const names = ['first', 'second', 'third', 'fourth', 'fifth'].map(
      (one) => `${one}-of-many-rewards`,
    );
    const grown = names.reduce((text, name) => addToIndex(text, rewardName(name, [])), INDEX);
    expect(grown).toContain('export {\n  answer,\n  fifthOfManyRewards,\n');
    expect(grown).toContain('export const plugins = [\n  answer,\n  fifthOfManyRewards,\n');
    expect(grown).toContain('  thirdOfManyRewards,\n] as const;');
  });

  test('refuses a constant that is there, and a file it does not understand', () => {
    expect(() => addToIndex(INDEX, rewardName('rouge', []))).toThrow(/constant rouge/);
    expect(() => addToIndex('export {};\n', rewardName('area', []))).toThrow(/by hand/);
  });
});

test('the page gets a row at the end of its table of rewards, and of no other', () => {
  const page =
    'x\n\n| reward  | value |\n| --- | --- |\n| a | 1 |\n\n| id | b |\n| --- | --- |\n| c | 2 |\n';
  expect(addRow(page, '| d | 3 |')).toBe(page.replace('| a | 1 |\n', '| a | 1 |\n| d | 3 |\n'));
  expect(() => addRow('no table\n', '')).toThrow(/by hand/);
});

describe('a name', () => {
  test('is kebab-case and becomes a constant', () => {
    expect(rewardName('map-detail-2', [])).toEqual({
      name: 'map-detail-2',
      variable: 'mapDetail2',
    });
  });

  test.each([
    ['MyReward', 'call it "my-reward"'],
    ['my reward', 'call it "my-reward"'],
    ['my_reward-', 'call it "my-reward"'],
    ['été', 'kebab-case'],
    ['', 'kebab-case'],
    ['answer', 'comes with Loci'],
    ['default', 'means something else'],
    ['expect', 'means something else'],
    ['a-name-that-goes-on-and-on-and-on', 'longer than 32'],
  ])('%j is refused: %s', (name, why) => {
    expect(() => rewardName(name, ['answer'])).toThrow(why);
  });
});
