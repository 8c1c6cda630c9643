import { describe, expect, test } from '@jest/globals';
import { defineReward } from '../../src/plugin/define-reward.ts';
import {
  LOOK_METHODS,
  changesUnder,
  checkLooks,
  lookCompletions,
  looksFor,
  looksOf,
  looksOfRun,
  needsLooks,
  rewardsNeeding,
  withCurrentLook,
} from '../../src/rollout/looks.ts';
import type { RunReward } from '../../src/rollout/run-reward.ts';
import type { LookTreatment, Looks } from '../../src/spec/index.ts';

const placed = (name: string, looks?: Looks): RunReward => ({
  name,
  weight: 1,
  timeoutMs: 50,
  reward: { range: [0, 1], score: () => [], ...(looks && { looks }) },
});

describe('the looks that a reward declares', () => {
  test('are treatments with half a group each, or have settings of their own', () => {
    expect([...looksOf({ looks: ['shuffled', 'blank'] })]).toEqual([
      ['shuffled', { show: 'shuffled', completions: { share: 0.5 } }],
      ['blank', { show: 'blank', completions: { share: 0.5 } }],
    ]);
    expect([...looksOf({ looks: { once: { show: 'mirrored', completions: 1 } } })]).toEqual([
      ['once', { show: 'mirrored', completions: 1 }],
    ]);
    expect(needsLooks({})).toBe(false);
    expect(needsLooks({ looks: ['reversed'] })).toBe(true);
  });

  test('must exist, and must have completions', () => {
    const looks = ['sideways'] as unknown as readonly LookTreatment[];
    expect(() => looksOf({ looks })).toThrow(
      expect.objectContaining({
        code: 'look-unknown',
        message: expect.stringContaining('shuffled, reversed, mirrored'),
      }),
    );
    for (const completions of [0, 1.5, -1, { share: 0 }]) {
      expect(() => looksOf({ looks: { few: { show: 'blank', completions } } })).toThrow(
        expect.objectContaining({ code: 'look-completions' }),
      );
    }
  });

  test('are not asked for by the flag of earlier versions', () => {
    const old: object = { range: [0, 1], score: () => [], needsShuffledFrames: true };
    const refusal = expect.objectContaining({
      code: 'look-flag',
      message: expect.stringContaining("looks: ['shuffled']"),
    });
    expect(() => looksOf(old)).toThrow(refusal);
    const written = { name: 'old', description: 'Of an earlier version.', ...old };
    expect(() => defineReward({ ...written, score: () => 1 })).toThrow(refusal);
  });

  test('get their share of a group, rounded down, or their number', () => {
    const half = { show: 'blank', completions: { share: 0.5 } } as const;
    expect([8, 7, 1].map((size) => lookCompletions(half, size))).toEqual([4, 3, 0]);
    expect(lookCompletions({ show: 'blank', completions: 2 }, 8)).toBe(2);
  });

  test('order and first frame change videos only', () => {
    const image = { media: [{ kind: 'image', path: 'i.png' }] } as const;
    const changed = Object.keys(LOOK_METHODS).filter((show) =>
      changesUnder({ show: show as LookTreatment }, image),
    );
    expect(changed).toEqual(['mirrored', 'blank', 'other-video']);
  });

  test('one video among images is enough, and no media are too few', () => {
    const media = [
      { kind: 'image', path: 'i.png' },
      { kind: 'video', path: 'v.mp4' },
    ] as const;
    expect(changesUnder({ show: 'shuffled' }, { media })).toBe(true);
    expect(changesUnder({ show: 'blank' }, { media: [] })).toBe(false);
  });
});

describe('the looks of a run', () => {
  const rewards = [placed('a', ['shuffled']), placed('b'), placed('c', ['blank', 'shuffled'])];

  test('are those of its rewards, each once', () => {
    expect([...looksOfRun(rewards).keys()]).toEqual(['shuffled', 'blank']);
    expect(rewardsNeeding('shuffled', rewards).map(({ name }) => name)).toEqual(['a', 'c']);
  });

  test('a reward gets its own and no others', () => {
    const taken = new Map([
      ['shuffled', 1],
      ['blank', 2],
    ]);
    expect([...looksFor(rewards[0]!.reward, taken)!.keys()]).toEqual(['shuffled']);
    expect(looksFor(rewards[1]!.reward, taken)).toBeUndefined();
  });

  test('two different looks under one name are an error before the run', () => {
    const clash = [
      placed('a', ['blank']),
      placed('b', { blank: { show: 'blank', completions: 2 } }),
    ];
    expect(() => checkLooks(clash, 8)).toThrow(
      expect.objectContaining({
        code: 'look-conflict',
        message: expect.stringMatching(/a and b declare different looks with the name "blank"/),
      }),
    );
  });

  test('another video needs another question in the step', () => {
    const foreign = [placed('a', ['other-video'])];
    expect(() => checkLooks(foreign, 2)).not.toThrow();
    expect(() => checkLooks(foreign, 1)).toThrow(
      expect.objectContaining({
        code: 'look-impossible',
        message: expect.stringContaining('promptsPerStep'),
      }),
    );
  });
});

test('a stored line of version 1 gets the name of its look', () => {
  expect(withCurrentLook({ text: 'a', look: 'blank' })).toEqual({ text: 'a', look: 'blank' });
  expect(withCurrentLook({ text: 'a' })).toEqual({ text: 'a' });
  expect(withCurrentLook({ text: 'a', shuffled: true })).toEqual({ text: 'a', look: 'shuffled' });
});
