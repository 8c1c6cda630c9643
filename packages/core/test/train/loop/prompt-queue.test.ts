import { describe, expect, test } from '@jest/globals';
import { concatMap, from } from 'rxjs';
import { LociError } from '../../../src/errors/loci-error.ts';
import type { Policy, Processor, Sample } from '../../../src/spec/index.ts';
import { fakeDataset, fakePolicy, fakeProcessor } from '../../../src/testing/index.ts';
import { createPromptDrawer } from '../../../src/train/loop/draw-prompts.ts';
import type { DrawSettings, PromptDrawer } from '../../../src/train/loop/draw-prompts.ts';
import { PromptQueue } from '../../../src/train/loop/prompt-queue.ts';
import { WORDS, metricsOf, temporaryFolder, toySample, trainToy } from '../../toy-run.ts';

const samples = Array.from({ length: 10 }, (_, index) => toySample(index));
const prompt = {
  render: ({ problem, media }: Sample) => [
    {
      role: 'user' as const,
      parts: [
        ...media.map((medium) => ({ type: 'media' as const, media: medium })),
        { type: 'text' as const, text: problem },
      ],
    },
  ],
};

/** Refuses the samples of some numbers, and takes longer for those that come first. */
function processorWithout(...broken: readonly number[]): Processor {
  const inner = fakeProcessor();
  return {
    ...inner,
    async encode(messages, frames) {
      const [media] = messages[0]!.parts;
      const number = Number(/\d+/.exec(media!.type === 'media' ? media!.media.path : '')![0]);
      await new Promise((resolve) => setTimeout(resolve, number % 3));
      if (broken.includes(number)) {
        throw new LociError('media-unreadable', `scene-${number}.mp4 cannot be read`);
      }
      return inner.encode(messages, frames);
    },
  };
}

async function drawerOf(settings: Partial<DrawSettings> = {}): Promise<PromptDrawer> {
  const source = await fakeDataset({ train: samples, test: [] }).open('train');
  const all = { prompt, processor: processorWithout(), seed: 3, maxRefusedShare: 1, ...settings };
  return createPromptDrawer(source, all);
}

const settings = { promptsPerStep: 4, ahead: 2, steps: 6, samplesSeen: 0 };

/** Ids of each step's samples and of those skipped. */
async function drain(queue: PromptQueue, steps: number) {
  const taken: { ids: string[]; skipped: string[]; samplesSeen: number }[] = [];
  for (let step = 0; step < steps; step++) {
    const { prompts, skipped, samplesSeen } = await queue.next();
    taken.push({
      ids: prompts.map(({ sample }) => sample.id),
      skipped: skipped.map(({ sampleId }) => sampleId),
      samplesSeen,
    });
  }
  return taken;
}

describe('prompts drawn ahead', () => {
  test.each([1, 2, 5])(
    '%i steps are those drawn when asked, skipped samples included',
    async (ahead) => {
      const processor = processorWithout(2, 7);
      const plain = await drain(
        new PromptQueue(await drawerOf({ processor }), { ...settings, ahead: 0 }),
        6,
      );
      const early = await drain(
        new PromptQueue(await drawerOf({ processor }), { ...settings, ahead }),
        6,
      );
      expect(early).toEqual(plain);
      expect(plain.flatMap(({ skipped }) => skipped).length).toBeGreaterThan(3);
      expect(plain.flatMap(({ ids }) => ids)).not.toContain('sample-2');
      const later = new PromptQueue(await drawerOf({ processor }), {
        ...settings,
        ahead,
        steps: 3,
        samplesSeen: plain[2]!.samplesSeen,
      });
      expect(await drain(later, 3)).toEqual(plain.slice(3));
    },
  );

  test('no more than allowed, in order, and none beyond the last step', async () => {
    const begun: number[] = [];
    const drawer: PromptDrawer = {
      async draw(count, samplesSeen) {
        begun.push(samplesSeen);
        return {
          prompts: [],
          indices: [],
          samplesSeen: samplesSeen + count,
          skipped: [],
          seconds: 0,
        };
      },
    };
    const idle = () => new Promise((resolve) => setTimeout(resolve, 5));
    const queue = new PromptQueue(drawer, { ...settings, steps: 4 });
    await idle();
    expect(begun).toEqual([]);
    await queue.next();
    await idle();
    expect(begun).toEqual([0, 4, 8]);
    await drain(queue, 3);
    await idle();
    expect(begun).toEqual([0, 4, 8, 12]);
  });

  test('a failure belongs to the step whose prompts it took, and closing waits for what is being read', async () => {
    let reading = 0;
    const drawer: PromptDrawer = {
      async draw(count, samplesSeen) {
        reading++;
        await new Promise((resolve) => setTimeout(resolve, 5));
        reading--;
        if (samplesSeen === 4) throw new Error('the disk is gone');
        return {
          prompts: [],
          indices: [],
          samplesSeen: samplesSeen + count,
          skipped: [],
          seconds: 0,
        };
      },
    };
    const queue = new PromptQueue(drawer, { ...settings, ahead: 1 });
    await expect(queue.next()).resolves.toMatchObject({ samplesSeen: 4 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(queue.next()).rejects.toThrow('the disk is gone');
    const other = new PromptQueue(drawer, { ...settings, ahead: 2 });
    await other.next();
    await other.close();
    expect(reading).toBe(0);
  });
});

describe('a run', () => {
  test('is the same with and without drawing ahead, and says how long it waited', async () => {
    const timeless = (metrics: Readonly<Record<string, number>>) =>
      Object.entries(metrics).filter(([name]) => !/^(seconds|speed)\//.test(name));
    const plain = metricsOf((await trainToy(temporaryFolder(), ['prefetchSteps=0'])).events);
    const early = metricsOf((await trainToy(temporaryFolder(), ['prefetchSteps=3'])).events);
    expect(early.map(timeless)).toEqual(plain.map(timeless));
    for (const metrics of early) {
      expect(metrics['seconds/data-wait']).toBeGreaterThanOrEqual(0);
      expect(metrics['seconds/data-read']).toBeGreaterThan(0);
    }
  });

  test('reads the prompts of the next step while the policy samples', async () => {
    const inner = fakePolicy({ words: WORDS, contexts: 4 });
    let read = 0;
    let steps = 0;
    /** Resolves when the prompts of the step after the present one were read: never, were they read only when asked for. */
    const nextStepIsRead = async (): Promise<void> => {
      const expected = Math.min(4 * (++steps + 1), 12);
      while (read < expected) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    const policy: Policy = {
      capabilities: inner.capabilities,
      processor: {
        ...inner.processor,
        encode: async (messages, frames) => {
          const encoded = await inner.processor.encode(messages, frames);
          read++;
          return encoded;
        },
      },
      sample: (request) => from(nextStepIsRead()).pipe(concatMap(() => inner.sample(request))),
      logProbs: (groups, weights, readout) => inner.logProbs(groups, weights, readout),
      forwardBackward: (groups, loss) => inner.forwardBackward(groups, loss),
      optimStep: (parameters) => inner.optimStep(parameters),
      save: (directory, options) => inner.save(directory, options),
      load: (directory) => inner.load(directory),
      dispose: () => inner.dispose(),
    };
    const parts = { policy: () => policy };
    const { outcome } = await trainToy(temporaryFolder(), ['steps=3', 'prefetchSteps=1'], parts);
    expect(outcome).toEqual({ step: 3, reason: 'finished' });
    expect(read).toBe(12);
  });
});

describe('skipped samples', () => {
  test('end the run when they are more than the config allows', async () => {
    const drawer = await drawerOf({ processor: processorWithout(1, 4, 8), maxRefusedShare: 0.2 });
    const queue = new PromptQueue(drawer, { ...settings, ahead: 0, steps: 100 });
    const drawn = drain(queue, 100);
    await expect(drawn).rejects.toMatchObject({
      code: 'samples-refused',
      message: expect.stringMatching(
        /^13 of the last \d+ .*maxRefusedShare.*scene-\d\.mp4 cannot be read/,
      ),
    });
  });

  test('end nothing when they are as many as allowed', async () => {
    const drawer = await drawerOf({ processor: processorWithout(1, 4), maxRefusedShare: 0.25 });
    const queue = new PromptQueue(drawer, { ...settings, ahead: 0, steps: 60 });
    expect(await drain(queue, 60)).toHaveLength(60);
  });

  test('that are all of them are told at once', async () => {
    const drawer = await drawerOf({ processor: processorWithout(0, 1, 2, 3, 4, 5, 6, 7, 8, 9) });
    await expect(drawer.draw(4, 0, 1)).rejects.toMatchObject({ code: 'nothing-to-train-on' });
  });
});
