/** What `--grid` may say, and the runs that it makes. */
import { describe, expect, test } from '@jest/globals';
import { cellsOf, parseGrid, splitValues } from '../../src/grid/axes.ts';

const KEYS = ['seed', 'optimizer.learningRate', 'schedule.floor', 'curriculum.floor', 'policy.use'];
const SECTIONS = ['seed', 'optimizer', 'schedule', 'curriculum', 'policy', 'rewards', 'objective'];
const parse = (...flags: readonly string[]) => parseGrid(flags, KEYS, SECTIONS);

describe('--grid', () => {
  test.each([
    ['seed=1,2', { key: 'seed', values: ['1', '2'] }],
    ['learningRate=1e-4, 2e-4', { key: 'optimizer.learningRate', values: ['1e-4', '2e-4'] }],
    ['policy.lora.rank=4', { key: 'policy.lora.rank', values: ['4'] }],
    ['schedule.floor=0,0.1', { key: 'schedule.floor', values: ['0', '0.1'] }],
    [
      'rewards=[answer, map],[{ use: answer, weight: 2 }]',
      { key: 'rewards', values: ['[answer, map]', '[{ use: answer, weight: 2 }]'] },
    ],
    [`policy.name="a,b",'c,d'`, { key: 'policy.name', values: ['"a,b"', "'c,d'"] }],
  ])('%s', (flag, axis) => {
    expect(parse(flag)).toEqual([axis]);
  });

  test.each([
    [['seed'], /expected a key and values/],
    [['=1'], /expected a key and values/],
    [['floor=1,2'], /"floor" may be schedule\.floor or curriculum\.floor: write the whole path/],
    [['learningrate=1'], /no key "learningrate"; did you mean "learningRate"\?/],
    [['seed=1,'], /a value is empty/],
    [['seed=1,2,1'], /the value 1 is given twice/],
    [['seed=1', 'seed=2'], /names a key twice/],
    [['learningRate=1', 'optimizer.learningRate=2'], /names a key twice/],
  ])('%j is an error', (flags, message) => {
    expect(() => parse(...flags)).toThrow(message);
  });

  test('a value that is not YAML is an error that names the setting', () => {
    expect(() => parse('seed=[1,2')).toThrow(/seed=\[1,2: the value is not YAML/);
  });
});

test('values are split outside of brackets and quotes', () => {
  expect(splitValues('a,[b,c],{d: [e,f]},"g,h"')).toEqual(['a', '[b,c]', '{d: [e,f]}', '"g,h"']);
});

describe('the runs', () => {
  test('are all combinations, with names from the ends of keys', () => {
    const cells = cellsOf(parse('learningRate=1e-4,2e-4', 'seed=1,2'));
    expect(cells.map(({ name }) => name)).toEqual([
      'learningRate=1e-4_seed=1',
      'learningRate=1e-4_seed=2',
      'learningRate=2e-4_seed=1',
      'learningRate=2e-4_seed=2',
    ]);
    expect(cells[2]!.set).toEqual(['optimizer.learningRate=2e-4', 'seed=1']);
  });

  test('have longer names where the ends are the same, and never the same folder', () => {
    const cells = cellsOf(parse('schedule.floor=0', 'curriculum.floor=0.1'));
    expect(cells[0]!.name).toBe('schedule.floor=0_curriculum.floor=0.1');
    const lists = cellsOf(parse('rewards=[a b],[a  b],../x,-1'));
    expect(lists.map(({ name }) => name)).toEqual([
      'rewards=a-b',
      'rewards=a-b-2',
      'rewards=..-x',
      'rewards=-1',
    ]);
    for (const { name } of lists) expect(name).not.toMatch(/[/\\\s]/u);
  });
});
