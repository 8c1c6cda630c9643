import { describe, expect, test } from '@jest/globals';
import { LociError } from '../../../src/errors/loci-error.ts';
import { deriveSeed } from '../../../src/random/seed.ts';
import type { PromptedSample } from '../../../src/rollout/collect-groups.ts';
import { placeMedia } from '../../../src/prompt/place-media.ts';
import { looksOf } from '../../../src/rollout/looks.ts';
import type {
  FrameTreatment,
  Looks,
  Message,
  Processor,
  RolloutGroup,
  Sample,
} from '../../../src/spec/index.ts';
import { fakeProcessor, fakeSample } from '../../../src/testing/index.ts';
import { withLooks } from '../../../src/train/loop/looks.ts';
import type { SamplePrompts } from '../../../src/train/loop/looks.ts';
import { PhaseClock } from '../../../src/train/loop/phase-clock.ts';

const video = (id: string, path = `${id}.mp4`): Sample =>
  fakeSample({ id, media: [{ kind: 'video', path }] });
const image = (id: string): Sample =>
  fakeSample({ id, media: [{ kind: 'image', path: `${id}.png` }] });

/** What was encoded: the path of the medium and its treatment. */
interface Shown {
  readonly path: string;
  readonly frames: FrameTreatment | undefined;
}

type Sampled = Parameters<SamplePrompts>[0];

async function take(
  samples: readonly Sample[],
  looks: Looks,
  { groupSize = 4, tooLong = '' } = {},
): Promise<{
  readonly groups: readonly RolloutGroup[];
  readonly shown: readonly Shown[];
  readonly sampled: readonly Sampled[];
}> {
  const shown: Shown[] = [];
  const sampled: Sampled[] = [];
  const inner = fakeProcessor();
  const processor: Processor = {
    ...inner,
    async encode(messages: readonly Message[], frames) {
      const path = messages.flatMap(({ parts }) =>
        parts.flatMap((part) => (part.type === 'media' ? [part.media.path] : [])),
      )[0]!;
      if (path === tooLong) throw new LociError('prompt-too-long', 'too long');
      shown.push({ path, frames });
      return inner.encode(messages, frames);
    },
  };
  const prompts: PromptedSample[] = samples.map((sample) => ({
    sample,
    prompt: { tokenIds: new Int32Array(1), media: [] },
  }));
  const groupsOf = (asked: readonly PromptedSample[], count: number): readonly RolloutGroup[] =>
    asked.map(({ sample, prompt }) => ({
      sample,
      prompt,
      rollouts: Array.from({ length: count }, (_, index) => ({
        text: String(index),
        tokenIds: new Int32Array(1),
        logProbs: new Float32Array(1),
        finishReason: 'stop' as const,
      })),
    }));
  const groups = await withLooks(
    async () => groupsOf(prompts, groupSize),
    async (what) => {
      sampled.push(what);
      return groupsOf(what.prompts, what.completionsPerPrompt);
    },
    { step: 3, prompts, seed: 7, clock: new PhaseClock() },
    {
      looks: looksOf({ looks }),
      processor,
      template: { render: ({ media }) => [{ role: 'user', parts: placeMedia('', media) }] },
      groupSize,
    },
  );
  return { groups, shown, sampled };
}

const takenBy = (groups: readonly RolloutGroup[]): readonly unknown[] =>
  groups.map(({ looks }) =>
    Object.fromEntries(Array.from(looks ?? [], ([name, taken]) => [name, taken.length])),
  );

describe('taking looks', () => {
  test('every look gets its own completions, seeds and frames; the groups stay as they are', async () => {
    const samples = [video('one'), image('two')];
    const { groups, shown, sampled } = await take(samples, {
      shuffled: { show: 'shuffled' },
      once: { show: 'mirrored', completions: 1 },
    });
    expect(groups.map(({ rollouts }) => rollouts.length)).toEqual([4, 4]);
    expect(takenBy(groups)).toEqual([{ shuffled: 2, once: 1 }, { once: 1 }]);
    expect(shown).toEqual([
      { path: 'one.mp4', frames: { kind: 'shuffled', seed: deriveSeed(7, 'shuffle', 3, 'one') } },
      { path: 'one.mp4', frames: { kind: 'mirrored' } },
      { path: 'two.png', frames: { kind: 'mirrored' } },
    ]);
    expect(sampled.map(({ seed }) => seed)).toEqual([
      deriveSeed(7, 'sample-shuffled', 3),
      deriveSeed(7, 'sample-once', 3),
    ]);
  });

  test('another video is that of another sample of the step, always the same, never its own', async () => {
    const samples = [video('one', 'a.mp4'), video('two', 'a.mp4'), video('three'), video('four')];
    const first = await take(samples, ['other-video']);
    const again = await take(samples, ['other-video']);
    expect(first.shown).toEqual(again.shown);
    expect(first.shown).toHaveLength(4);
    for (const [index, { path, frames }] of first.shown.entries()) {
      expect(path).not.toBe(samples[index]!.media[0]!.path);
      expect(frames).toEqual({ kind: 'as-filmed' });
    }
    expect(first.groups.map(({ sample }) => sample)).toEqual(samples);
    expect(takenBy(first.groups)).toEqual(samples.map(() => ({ 'other-video': 2 })));
  });

  test('foreign media are as many and of the same kinds, so that each marker has its medium', async () => {
    const sets = [['a.mp4', 'a.png'], ['b.mp4', 'b.png'], ['c.mp4'], ['d.png', 'd.mp4'], []];
    const samples = sets.map((paths, index) =>
      fakeSample({
        id: String(index),
        media: paths.map((path) => ({ kind: path.endsWith('4') ? 'video' : 'image', path })),
      }),
    );
    const { groups, shown } = await take(samples, ['other-video']);
    expect(shown.map(({ path }) => path)).toEqual(['b.mp4', 'a.mp4']);
    expect(groups.map(({ looks }) => looks !== undefined)).toEqual([
      ...[true, true],
      ...[false, false, false],
    ]);
  });

  test('a video that is too long for another question gives way to the next; without any there is no look', async () => {
    const samples = [video('one'), video('two'), video('three')];
    const { groups, shown } = await take(samples, ['other-video'], { tooLong: 'two.mp4' });
    expect(shown.map(({ path }) => path)).toEqual([
      'three.mp4',
      expect.stringMatching(/one|three/),
      'one.mp4',
    ]);
    expect(groups).toHaveLength(3);
    const alone = await take([video('one'), image('two')], ['other-video']);
    expect(takenBy(alone.groups)).toEqual([{}, {}]);
  });

  test('a look of no completions is not taken, and none costs nothing', async () => {
    const { sampled, shown } = await take([video('one')], ['blank'], { groupSize: 1 });
    expect([sampled, shown]).toEqual([[], []]);
    const none = await take([video('one')], []);
    expect([none.sampled, none.shown, takenBy(none.groups)]).toEqual([[], [], [{}]]);
  });
});
