import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { LociError } from '../../src/errors/loci-error.ts';
import type { ForwardBackwardResult, OptimStepResult, Reward } from '../../src/spec/index.ts';
import { FakePolicy } from '../../src/testing/index.ts';
import { WORDS, metricsOf, saysB, temporaryFolder, trainToy } from '../toy-run.ts';

async function failure(work: Promise<unknown>): Promise<LociError> {
  const thrown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (LociError.is(thrown)) return thrown;
  throw new Error(`no LociError but ${String(thrown)}`);
}

/** A table whose third update goes wrong. */
class SickPolicy extends FakePolicy {
  readonly #sick: 'loss' | 'gradient' | 'log-probability';
  #updates = 0;

  constructor(sick: 'loss' | 'gradient' | 'log-probability') {
    super({ words: WORDS });
    this.#sick = sick;
  }

  override async forwardBackward(
    ...given: Parameters<FakePolicy['forwardBackward']>
  ): Promise<ForwardBackwardResult> {
    const result = await super.forwardBackward(...given);
    if (++this.#updates < 3) return result;
    if (this.#sick === 'loss') return { ...result, loss: Number.NaN };
    if (this.#sick === 'log-probability') result.logProbs[0]![0]![0] = Number.NEGATIVE_INFINITY;
    return result;
  }

  override async optimStep(
    ...given: Parameters<FakePolicy['optimStep']>
  ): Promise<OptimStepResult> {
    const sick = this.#sick === 'gradient' && this.#updates === 3;
    return sick
      ? { gradNorm: Number.POSITIVE_INFINITY, applied: false }
      : super.optimStep(...given);
  }
}

describe('numbers that are not finite', () => {
  test.each(['loss', 'gradient', 'log-probability'] as const)(
    'in the %s stop the run, with the batch saved',
    async (sick) => {
      const folder = temporaryFolder();
      const error = await failure(trainToy(folder, [], { policy: () => new SickPolicy(sick) }));
      expect(error.code).toBe('non-finite');
      const file = join(folder, 'offending-batch', 'step-000003', 'batch.json');
      expect(error.message).toContain(file);
      expect(error.message).toContain(sick);
      const batch = JSON.parse(readFileSync(file, 'utf8')) as {
        groups: { completions: unknown[] }[];
      };
      expect(batch.groups).toHaveLength(4);
      expect(batch.groups[0]!.completions).toHaveLength(6);
      const tensors = readFileSync(
        join(folder, 'offending-batch', 'step-000003', 'tensors.safetensors'),
      );
      const length = Number(tensors.readBigUInt64LE(0));
      const header = JSON.parse(tensors.toString('utf8', 8, 8 + length)) as Record<
        string,
        { dtype: string; shape: number[]; data_offsets: [number, number] }
      >;
      const {
        dtype,
        data_offsets: [start, end],
      } = header['group0.completion0.tokenIds']!;
      expect(dtype).toBe('I32');
      expect(end - start).toBe(4 * header['group0.completion0.tokenIds']!.shape[0]!);
      expect(header).toHaveProperty(['group3.completion5.referenceLogProbs']);
      expect(tensors.length).toBe(
        8 + length + Math.max(...Object.values(header).map((entry) => entry.data_offsets[1])),
      );
      expect(existsSync(join(folder, 'checkpoints', 'step-000002'))).toBe(true);
    },
  );
});

describe('rewards that fail', () => {
  const failing = (share: (calls: number) => boolean, fail: () => never): Reward => {
    let calls = 0;
    return {
      range: [0, 1],
      score: (input) => (share(calls++) ? fail() : saysB.score(input)),
    };
  };

  test('cost their group and nothing else, while few do', async () => {
    const flaky = failing(
      (call) => call % 8 === 5,
      () => {
        throw new Error('no connection');
      },
    );
    const folder = temporaryFolder();
    const { outcome, events, lines } = await trainToy(folder, ['maxFailedGroupShare=0.3'], {
      rewards: { flaky },
    });
    expect(outcome.reason).toBe('finished');
    expect(metricsOf(events).map((metrics) => metrics['groups/failed'])).toEqual([
      0, 1, 0, 1, 0, 1,
    ]);
    expect(metricsOf(events)[1]!['groups/zero-variance/reward-failed']).toBe(0.25);
    expect(lines[0]).toMatch(
      /^Step 2, a group is left out: reward "flaky", sample sample-\d: threw: no connection$/,
    );
    const state = JSON.parse(
      readFileSync(join(folder, 'checkpoints', 'step-000006', 'trainer-state.json'), 'utf8'),
    ) as unknown;
    expect(state).toMatchObject({ failedGroups: { flaky: 3 } });
    const logged = readFileSync(join(folder, 'rollouts.jsonl'), 'utf8').trim().split('\n');
    expect(logged).toHaveLength(6 * 4 * 6);
    expect(logged.filter((line) => line.includes('"status":"failed"'))).toHaveLength(18);
  });

  test('stop the run when more fail than the config allows', async () => {
    const broken = failing(
      () => true,
      () => {
        throw new Error('model file is missing');
      },
    );
    const error = await failure(trainToy(temporaryFolder(), [], { rewards: { broken } }));
    expect(error.code).toBe('rewards-failing');
    expect(error.message).toMatch(
      /4 of the last 4 groups .* maxFailedGroupShare .*broken.*model file is missing/,
    );
  });

  test('leave the weights alone when no group is left', async () => {
    const broken = failing(
      () => true,
      () => {
        throw new Error('gone');
      },
    );
    const { events } = await trainToy(temporaryFolder(), ['maxFailedGroupShare=1', 'steps=1'], {
      rewards: { broken },
    });
    expect(metricsOf(events)[0]).not.toHaveProperty(['update/grad-norm']);
  });
});

test('a folder that cannot be made gives one clear error', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const error = await failure(trainToy(join(file, 'run')));
  expect(error.code).toBe('not-writable');
  expect(error.message).toContain(`Cannot write ${join(file, 'run')}`);
});
