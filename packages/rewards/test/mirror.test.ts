import { describe, expect, test } from '@jest/globals';
import type { Sample } from '@loci/core';
import { describeRewardContract } from '@loci/core/testing';
import { mirror } from '../src/mirror.ts';
import { ROOM, UNMAPPED, score, texts, valuesOf } from './score.ts';

const DIRECTION: Sample = {
  ...ROOM,
  problem: 'you stand at the tv and face the chair. where is the sofa?',
  options: ['A. left', 'B. right', 'C. back'],
  questionKind: 'relative-direction-medium',
};
const COUNT: Sample = {
  ...ROOM,
  problem: 'how many of this are in the room: chair?',
  problemType: 'numerical',
  solution: '<answer>2</answer>',
  questionKind: 'counting',
};
const said = (answer: string | number, map = ''): string =>
  `<think>${map === '' ? '' : `<map>${map}</map>`}</think><answer>${answer}</answer>`;

async function agreement(
  sample: Sample,
  own: readonly string[],
  mirrored: readonly string[],
  options = {},
) {
  const looks = { mirrored: { completions: texts(mirrored), outcomes: new Map() } };
  return score(mirror, own, { sample, options, looks });
}

describe('the mirror reward', () => {
  test('is the share of mirrored completions that exchange left and right', async () => {
    const own = [said('A'), said('B'), said('C'), said('D'), 'no answer'];
    const outcomes = await agreement(DIRECTION, own, [said('B'), said('B'), said('C'), 'none']);
    expect(valuesOf(outcomes)).toEqual([0.5, 0, 0.25, 0, 0]);
    expect(outcomes[4]).toMatchObject({ reason: 'no answer that can be read' });
  });

  test('of numbers is their relative accuracy to each other: they must not change', async () => {
    const [same, near, far] = valuesOf(
      await agreement(COUNT, [said(4), said(3), said(40)], [said(4), said(4)]),
    );
    expect([same, far]).toEqual([1, 0]);
    expect(near).toBeCloseTo(0.6); // a quarter off: thresholds 0.50 … 0.75
  });

  test('with map: columns is half of it the map, whose columns must turn around', async () => {
    const own = [said(2, '{"chair":[[1,2],[7,8]]}')];
    const turned = said(2, '{"chair":[[8,2],[2,8]]}');
    const options = { map: 'columns' };
    expect(valuesOf(await agreement(COUNT, own, [turned], options))).toEqual([1]);
    const [straight] = await agreement(COUNT, own, own, options);
    expect(straight).toMatchObject({ parts: { answer: 1, map: expect.any(Number) } });
    expect(straight).toHaveProperty('value', expect.closeTo(0.5 + 0.5 * mapPart(straight)));
    expect(mapPart(straight)).toBeLessThan(1);
    const [mapless] = await agreement(COUNT, [said(2)], [turned], options);
    expect(mapless).toMatchObject({ value: 0.5, reason: 'no map that can be read' });
    const invented = [said(2, '{"chair":[[1,2],[7,8]],"lamp":[[0,0],[1,1]]}')];
    expect(mapPart((await agreement(COUNT, invented, [turned], options))[0])).toBeCloseTo(0.5);
  });

  test('a sample without a map has no map to mirror', async () => {
    const { problem, problemType, solution } = COUNT;
    const unmapped: Sample = { ...UNMAPPED, problem, problemType, solution };
    const own = [said(2)];
    expect(valuesOf(await agreement(unmapped, own, own, { map: 'columns' }))).toEqual([1]);
  });

  test('abstains by the question alone, and where nothing was mirrored', async () => {
    const color: Sample = { ...COUNT, problem: 'which?', questionKind: 'color' };
    const [outcome] = await agreement(color, [said(2)], [said(2)]);
    expect(outcome).toEqual({ status: 'abstained', reason: expect.stringContaining('not known') });
    expect(valuesOf(await score(mirror, [said(2)], { sample: COUNT }))).toEqual(['abstained']);
  });

  test('asks for half a group of mirrored videos, or for a number of its own', async () => {
    const context = { seed: 1, baseDirectory: '.', logger: { info: () => {}, warn: () => {} } };
    const looksOf = async (options: object) =>
      (await mirror.create(mirror.options.parse(options), context)).looks;
    expect(await looksOf({})).toEqual({ mirrored: { show: 'mirrored' } });
    expect(await looksOf({ completions: 2 })).toEqual({
      'mirrored-2': { show: 'mirrored', completions: 2 },
    });
  });
});

function mapPart(outcome: unknown): number {
  return (outcome as { readonly parts: { readonly map: number } }).parts.map;
}

for (const sample of [DIRECTION, COUNT]) {
  for (const map of ['ignore', 'columns']) {
    describe(`${sample.questionKind}, map: ${map}`, () => {
      describeRewardContract({ plugin: mirror, sample, options: { map, completions: 2 } });
    });
  }
}
