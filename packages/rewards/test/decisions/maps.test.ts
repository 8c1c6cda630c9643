/** The same for maps and for what compares completions. */
import { describe, expect, test } from '@jest/globals';
import type { Sample } from '@loci/core';
import { answer, length, map, temporal } from '../../src/index.ts';
import { ROOM, UNMAPPED, earlier, score, texts, valuesOf } from '../score.ts';
import { asked, both } from './both.ts';

const drawn = (text: string, sample: Sample = ROOM) => both(map, `<map>${text}</map>`, sample);

const ALL = '"TV":[[4,5]],"chair":[[1,2],[7,8]]';

describe('the map', () => {
  test('G1 a map that scores 0 takes a right answer away, unless told otherwise', async () => {
    expect(await drawn('{"lamp":[[1,1]]}')).toEqual([-1, -1]);
    const outcomes = earlier({ answer: [1] });
    for (const options of [{ penalty: false }, { scoring: 'calibrated' }, { when: 'always' }]) {
      const lifted = await score(map, ['<map>{"lamp":[[1,1]]}</map>'], { outcomes, options });
      expect(valuesOf(lifted)).toEqual([0]);
    }
  });

  test('G2 a map of a sample without one is ignored', async () => {
    expect(await drawn(`{${ALL}}`, UNMAPPED)).toEqual(['abstained', -1]);
  });

  test('G3 the case of categories does not matter', async () => {
    expect(await drawn('{"tv":[[4,5]]}')).toEqual([expect.closeTo(1 / 3), -1]);
  });

  test.each(['</map><map>', '<map></map>', '<map> \n</map>'])(
    'G4 %j is no map, and nothing is lost',
    async (text) => expect(await both(map, text)).toEqual([0, -1]),
  );

  test('G5 a number worth exactly 0.5 brings neither bonus nor penalty', async () => {
    const sample = asked('numerical', '3');
    for (const text of [`<map>{${ALL}}</map>`, '<map>{"lamp":[[1,1]]}</map>']) {
      for (const options of [{}, { compat: 'spacer' }]) {
        const outcomes = earlier({ answer: [0.5] });
        expect(valuesOf(await score(map, [text], { sample, options, outcomes }))).toEqual([0]);
      }
    }
  });

  test('G6 coordinates are truncated, and clipped on demand', async () => {
    const sample = { ...ROOM, map: { bed: [[9, 0]] } } as const;
    expect(await drawn('{"bed":[[9.9,-0.9]]}', sample)).toEqual([1, 1]);
    expect(await drawn('{"bed":[[30,-5]]}', sample)).toEqual([-1, -1]);
    const outcomes = earlier({ answer: [1] });
    const options = { clip: true };
    const clipped = await score(map, ['<map>{"bed":[[30,-5]]}</map>'], {
      sample,
      options,
      outcomes,
    });
    expect(valuesOf(clipped)).toEqual([1]);
  });

  test('G7 surplus categories cost nothing, unless they are priced', async () => {
    const surplus = `{${ALL},"lamp":[[1,1],[2,2],[3,3]]}`;
    expect((await drawn(surplus))[0]).toBe(1);
    const outcomes = earlier({ answer: [1] });
    const options = { surplusWeight: 1 };
    const priced = await score(map, [`<map>${surplus}</map>`], { options, outcomes });
    expect(valuesOf(priced)).toEqual([0.5]);
  });

  test('G8 the nearest pair is matched first, though the other matching is nearer', async () => {
    const sample = {
      ...ROOM,
      map: {
        bed: [
          [3, 0],
          [0, 0],
        ],
      },
    } as const;
    // 2 takes 3, which leaves 4 for 0: five cells in all, where 4 for 3 and 2 for 0 are three.
    const greedy = expect.closeTo(1 - (1 + 4) / (2 * 10 * Math.SQRT2));
    expect(await drawn('{"bed":[[2,0],[4,0]]}', sample)).toEqual([greedy, greedy]);
  });

  test('G9 a true map without points is abstained from, not a crash', async () => {
    const sample: Sample = { ...ROOM, map: { bed: [] } };
    expect(await drawn('{"bed":[[1,1]]}', sample)).toEqual(['abstained', -1]);
  });

  test('G10 instance numbers and numbers in prose are no points', async () => {
    const sample = { ...ROOM, map: { chair: [[2, 3]] } } as const;
    const [ours, theirs] = await drawn('chair 1: (2, 3)', sample);
    expect(ours).toBe(1);
    expect(theirs).toBeLessThan(1);
    expect((await drawn('chair on the 10x10 grid at (2, 3)', sample))[0]).toBe(1);
  });

  test('G11 a dictionary without known names stays empty', async () => {
    expect(await drawn('{"seat":"chair [1,2] and TV [4,5]"}')).toEqual([-1, -1]);
  });
});

describe('groups', () => {
  test('T1 the shuffled comparison counts the map, and 0 is as good as 0', async () => {
    const completions = texts(['a', 'b']);
    const run = (
      normal: readonly number[],
      other: readonly number[],
      drawnMaps: readonly number[],
    ) =>
      score(temporal, completions, {
        outcomes: earlier({ answer: normal, map: drawnMaps }),
        looks: {
          shuffled: { completions: texts(['x']), outcomes: earlier({ answer: other }) },
        },
      });
    expect(valuesOf(await run([0.5, 0.5], [1], [0, 0]))).toEqual([0, 0]);
    expect(valuesOf(await run([0.5, 0.5], [1], [0.5, 0.5]))).toEqual([0.3, 0.3]);
    expect(await run([0, 0], [0], [0, 0])).toMatchObject([{ parts: { passed: 1 } }, { value: 0 }]);
  });

  test('L1 lengths count the end token, and two good completions are needed', async () => {
    const completions = texts(['a', 'b', 'c'], [320, 512, 513]);
    const run = async (accuracies: readonly number[]) =>
      valuesOf(await score(length, completions, { outcomes: earlier({ answer: accuracies }) }));
    expect(await run([1, 1, 1])).toEqual([0.2, 0.2, 0]);
    expect(await run([1, 0.1, 0])).toEqual([0, 0, 0]);
  });

  test('D2 every group is judged by the type of its own sample', async () => {
    const plugin = answer;
    const context = { seed: 1, baseDirectory: '.', logger: { info: () => {}, warn: () => {} } };
    const reward = await plugin.create(plugin.options.parse({}), context);
    const said = async (sample: Sample, text: string) =>
      valuesOf(
        await reward.score({
          sample,
          completions: texts([text]),
          outcomes: new Map(),
          signal: new AbortController().signal,
        }),
      );
    expect(await said(asked('numerical', '3'), '<answer>3 m</answer>')).toEqual([1]);
    expect(await said(asked('multiple choice', '3'), '<answer>3 m</answer>')).toEqual([0]);
    expect(await said(asked('OCR', '3'), '<answer>3 m</answer>')).toEqual([0]);
  });
});
