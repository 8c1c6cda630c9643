import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import type {
  ForwardBackwardResult,
  Loss,
  OptimStepParameters,
  OptimStepResult,
  SampleEvent,
  SampleRequest,
  TrainingGroup,
} from '../../../src/spec/index.ts';
import { FakePolicy } from '../../../src/testing/index.ts';
import type { RolloutLine } from '../../../src/train/run-folder/rollout-lines.ts';
import { WORDS, metricsOf, temporaryFolder, trainToy } from '../../toy-run.ts';

/** One optimizer step as a policy sees it. */
interface SeenUpdate {
  readonly groups: readonly TrainingGroup[];
  readonly loss: Loss;
  readonly result: ForwardBackwardResult;
  readonly parameters: OptimStepParameters;
  readonly gradNorm: number;
}

/** Remembers what it was asked for. */
class WatchedPolicy extends FakePolicy {
  readonly updates: SeenUpdate[] = [];
  #last: Pick<SeenUpdate, 'groups' | 'loss' | 'result'> | undefined;

  override async forwardBackward(
    groups: readonly TrainingGroup[],
    loss: Loss,
  ): Promise<ForwardBackwardResult> {
    const result = await super.forwardBackward(groups, loss);
    this.#last = { groups, loss, result };
    return result;
  }

  override async optimStep(parameters: OptimStepParameters): Promise<OptimStepResult> {
    const result = await super.optimStep(parameters);
    this.updates.push({ ...this.#last!, parameters, gradNorm: result.gradNorm });
    return result;
  }
}

const TABLE = { words: WORDS, contexts: 4, maxPromptTokens: 64 };

/** Trains the toy run with a policy that watches. */
async function watched(settings: readonly string[], policy = new WatchedPolicy(TABLE)) {
  const folder = temporaryFolder();
  const { events } = await trainToy(folder, settings, { policy: () => policy });
  return { updates: policy.updates, metrics: metricsOf(events), folder };
}

function rolloutsOf(folder: string): readonly RolloutLine[] {
  const text = readFileSync(join(folder, 'rollouts.jsonl'), 'utf8').trim();
  return text.split('\n').map((line) => JSON.parse(line) as RolloutLine);
}

const STEEP = ['steps=1', 'optimizer.learningRate=0.5', 'objective.klWeight=0'];

describe('several updates of a batch', () => {
  test('four updates clip, and the first of them is that of a single update', async () => {
    const one = await watched(STEEP);
    const four = await watched([...STEEP, 'updatesPerBatch=4']);
    expect(one.updates).toHaveLength(1);
    expect(four.updates).toHaveLength(4);
    const [first, ...later] = four.updates;
    expect(first!.result).toEqual(one.updates[0]!.result);
    expect(first!.gradNorm).toBe(one.updates[0]!.gradNorm);
    expect(first!.groups).toEqual(one.updates[0]!.groups);
    const [figures] = four.metrics;
    const shares = [1, 2, 3, 4].map((n) => figures![`policy/clip-fraction/update-${n}`]!);
    expect(shares[0]).toBe(0);
    expect(shares.slice(1).every((share) => share > 0 && share < 1)).toBe(true);
    expect(figures!['policy/clip-fraction']).toBeCloseTo(
      shares.reduce((sum, share) => sum + share) / 4,
      12,
    );
    expect(one.metrics[0]).not.toHaveProperty(['policy/clip-fraction/update-1']);
    // What is learned from is fixed at the first update: its log-probabilities are the old ones of all that follow.
    for (const { groups } of later) {
      expect(groups.map(({ targets }) => targets.map(({ oldLogProbs }) => oldLogProbs))).toEqual(
        first!.result.logProbs,
      );
    }
    expect(new Set(later.map(({ result }) => result.loss)).size).toBe(3);
  });

  test('minibatches make a step each, and compare with the policy before the first of them', async () => {
    const { updates } = await watched([...STEEP, 'minibatches=2', 'updatesPerBatch=2']);
    expect(updates.map(({ groups }) => groups.length)).toEqual([2, 2, 2, 2]);
    const [a, b, again] = updates;
    const oldOf = ({ groups }: SeenUpdate) =>
      groups.map(({ targets }) => targets.map(({ oldLogProbs }) => oldLogProbs!));
    expect(oldOf(a!)).toEqual(a!.result.logProbs);
    expect(oldOf(again!)).toEqual(oldOf(a!));
    // The second minibatch meets a policy that the first has moved.
    expect(oldOf(b!)).not.toEqual(b!.result.logProbs);
    // Each is a mean over its own completions.
    for (const { groups } of updates) {
      const weights = groups.flatMap(({ targets }) => targets.flatMap((one) => [...one.weights]));
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    }
  });

  test('all updates of a step have its learning rate', async () => {
    const { updates } = await watched([
      'steps=3',
      'updatesPerBatch=2',
      'schedule={use: cosine, floor: 0}',
    ]);
    const rates = updates.map(({ parameters }) => parameters.learningRate);
    expect(rates[0]).toBe(rates[1]);
    expect(rates[2]).toBe(rates[3]);
    expect(new Set(rates).size).toBe(3);
  });

  test.each([
    ['grpo', []],
    ['gspo', ['objective.entropyWeight=0.01']],
    ['cispo', ['objective.klWeight=0.1', 'objective.klIn=reward']],
  ])(
    'resumed at every boundary of a batch, %s goes on as if it had never stopped',
    async (use, more) => {
      const set = [`objective={use: ${use}}`, ...more, 'updatesPerBatch=2', 'minibatches=2', 'steps=4', 'checkpoint.every=1']; // prettier-ignore
      const whole = temporaryFolder();
      await trainToy(whole, set);
      const folder = temporaryFolder();
      for (let step = 1; step < 4; step++) {
        const { outcome } = await trainToy(folder, set, {}, {
        resume: step > 1,
        onEvent: (event, stop) => {
          if (event.type === 'step-end' && event.step === step) stop();
        },
      }); // prettier-ignore
        expect(outcome).toEqual({ step, reason: 'stopped' });
      }
      await trainToy(folder, set, {}, { resume: true });
      const table = (run: string) =>
        readFileSync(join(run, 'checkpoints/step-000004/table.json'), 'utf8');
      expect(table(folder)).toBe(table(whole));
      expect(rolloutsOf(folder)).toEqual(rolloutsOf(whole));
    },
  );
});

describe('the general path', () => {
  test('makes the update that the fused one makes', async () => {
    const fused = await watched(['steps=3', 'updatesPerBatch=2']);
    const blind = new WatchedPolicy(TABLE);
    Object.assign(blind, { capabilities: { ...blind.capabilities, losses: ['linear'] } });
    const general = await watched(['steps=3', 'updatesPerBatch=2'], blind);
    expect(fused.updates.map(({ loss }) => loss.kind)).toEqual(Array(6).fill('policy-gradient'));
    expect(general.updates.map(({ loss }) => loss.kind)).toEqual(Array(6).fill('linear'));
    for (const [index, { gradNorm }] of general.updates.entries()) {
      expect(gradNorm).toBeCloseTo(fused.updates[index]!.gradNorm, 6);
    }
    for (const [index, metrics] of general.metrics.entries()) {
      expect(metrics['loss/total']).toBeCloseTo(fused.metrics[index]!['loss/total']!, 5);
      expect(metrics['policy/kl']).toBeCloseTo(fused.metrics[index]!['policy/kl']!, 5);
    }
  });

  test('micro-batches change nothing', async () => {
    const set = ['steps=2', 'objective={use: gspo, entropyWeight: 0.1}'];
    const whole = await watched(set);
    const parts = await watched([...set, 'accumulation=3']);
    for (const [index, { gradNorm }] of parts.updates.entries()) {
      expect(gradNorm).toBeCloseTo(whole.updates[index]!.gradNorm, 9);
    }
  });
});

describe('log-probabilities', () => {
  const warm = ['steps=1', 'sampler.temperature=0.5', 'objective.klWeight=0.1'];

  test('are those at the temperature of sampling', async () => {
    const { updates, metrics } = await watched(warm);
    expect(updates[0]!.loss).toMatchObject({ kind: 'policy-gradient', temperature: 0.5 });
    expect(metrics[0]!['gap/max']).toBeLessThan(1e-6);
    expect(metrics[0]!['policy/kl']).toBe(0);
  });

  test('or at 1, where the sampler’s are of another distribution and left out', async () => {
    const { updates, metrics } = await watched([...warm, 'logProbTemperature=one']);
    expect(updates[0]!.loss).not.toHaveProperty('temperature');
    expect(metrics[0]).not.toHaveProperty(['gap/max']);
    await expect(
      watched([...warm, 'logProbTemperature=one', 'objective.old=sampler']),
    ).rejects.toThrow('logProbTemperature');
  });

  test('of demonstrations are at 1', async () => {
    const { updates } = await watched(['steps=1', 'objective=sft', 'rewards=[]', 'sampler.temperature=0.5']); // prettier-ignore
    expect(updates[0]!.loss).toEqual({ kind: 'cross-entropy' });
  });
});

test('a KL in the reward is stored beside the rewards, and taken off them', async () => {
  const { folder } = await watched([
    'steps=3',
    'optimizer.learningRate=0.5',
    'objective.klIn=reward',
    'objective.klWeight=0.5',
  ]);
  const lines = rolloutsOf(folder);
  for (const { reward, contributions } of lines) {
    const { kl, 'says-b': said } = contributions!;
    expect(kl!.weight).toBe(-0.5);
    expect(reward).toBeCloseTo(said!.value! - 0.5 * kl!.value!, 12);
  }
  expect(lines.some(({ contributions }) => contributions!['kl']!.value! > 0.01)).toBe(true);
});

test('demonstrations of the same prompts join the batch of rollouts', async () => {
  const { updates, metrics, folder } = await watched([
    'steps=2',
    'objective.demonstrationWeight=0.5',
  ]);
  for (const { groups } of updates) {
    for (const { completions } of groups) expect(completions).toHaveLength(7);
  }
  expect(metrics[0]).toHaveProperty(['policy/imitation'], expect.any(Number));
  expect(metrics[1]!['policy/imitation']).toBeLessThan(metrics[0]!['policy/imitation']!);
  expect(rolloutsOf(folder)).toHaveLength(2 * 4 * 6);
});

/** As if every first token came from a tool. */
class ToolPolicy extends WatchedPolicy {
  override sample(request: SampleRequest): Observable<SampleEvent> {
    const masked = (event: SampleEvent): SampleEvent =>
      event.type === 'chunk'
        ? event
        : { ...event, mask: Uint8Array.from(event.tokenIds, (_, token) => (token === 0 ? 0 : 1)) };
    return super.sample(request).pipe(map(masked));
  }
}

test.each([['grpo'], ['gspo']])(
  '%s learns nothing from tokens outside the loss mask',
  async (use) => {
    const settings = ['steps=1', `objective={use: ${use}}`];
    const { updates, folder } = await watched(settings, new ToolPolicy(TABLE));
    for (const { mask, tokens } of rolloutsOf(folder)) {
      expect(mask).toEqual(Array.from({ length: tokens }, (_, token) => (token === 0 ? 0 : 1)));
    }
    const targets = updates[0]!.groups.flatMap((group) => group.targets);
    expect(targets.every(({ weights }) => Math.abs(weights[0]!) === 0)).toBe(true);
    expect(targets.some(({ weights }) => weights.slice(1).some((weight) => weight !== 0))).toBe(
      true,
    );
  },
);
