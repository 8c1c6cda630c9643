import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fakePolicy } from '../../../src/testing/index.ts';
import type { FakePolicy } from '../../../src/testing/index.ts';
import type { Reward, Sample } from '../../../src/spec/index.ts';
import { describeProblems } from '../../../src/train/watch/data-problems.ts';
import type { RolloutLine } from '../../../src/train/run-folder/rollout-lines.ts';
import { WORDS, metricsOf, saysB, temporaryFolder, toySample, trainToy } from '../../toy-run.ts';

function jsonLines<T>(directory: string, file: string): readonly T[] {
  const text = readFileSync(join(directory, file), 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
}

describe('the trainer', () => {
  test('learns a planted task by GRPO', async () => {
    const { outcome, events } = await trainToy(temporaryFolder(), [
      'steps=60',
      'checkpoint.every=0',
    ]);
    const rewards = metricsOf(events).map((metrics) => metrics['reward/total']!);
    expect(outcome).toEqual({ step: 60, reason: 'finished' });
    expect(rewards[0]).toBeLessThan(0.5);
    expect(rewards.at(-1)).toBeGreaterThan(0.8);
  });

  test('learns demonstrations by SFT', async () => {
    const { events } = await trainToy(temporaryFolder(), [
      'steps=80',
      'checkpoint.every=0',
      'objective=sft',
      'rewards=[]',
      'evaluate.questions=4',
    ]);
    const losses = metricsOf(events).map((metrics) => metrics['loss/total']!);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 3);
    const [before, after] = events.filter((event) => event.type === 'evaluation');
    const scoreOf = (event: typeof before) =>
      event!.report.conditions['as-filmed']!.means.overall.score.value;
    expect(scoreOf(after)).toBeGreaterThan(scoreOf(before));
    expect(after!.comparison!.score.value).toBeGreaterThan(0);
  });

  test('imitates what data without demonstrations has, and says how', async () => {
    const { id, problem, options, problemType, solution, media, source } = toySample(0);
    const bare: Sample = { id, problem, options, problemType, solution, media, source };
    const samples = Array.from({ length: 12 }, (_, index) => ({ ...bare, id: `bare-${index}` }));
    const train = (objective: string) =>
      trainToy(
        temporaryFolder(),
        ['steps=40', 'checkpoint.every=0', 'rewards=[]', `objective=${objective}`],
        { samples },
      );
    await expect(train('sft')).rejects.toMatchObject({
      code: 'nothing-to-train-on',
      message: expect.stringMatching(/has no demonstration to imitate; .*imitate: map-and-answer/),
    });
    const { events } = await train('{use: sft, imitate: map-and-answer}');
    const losses = metricsOf(events).map((metrics) => metrics['loss/total']!);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
  });

  test('emits its events in order and measures every step', async () => {
    const { events } = await trainToy(temporaryFolder(), [
      'steps=2',
      'evaluate.questions=4',
      'evaluate.controls=true',
      'evaluate.every=1',
      'sampler.chunkTokens=1',
    ]);
    const order = events
      .map(({ type }) => type)
      .filter((type) => type !== 'chunk' && type !== 'evaluation-progress');
    const step = ['step-start', ...Array(4).fill('rollout-group'), 'step-end'];
    expect(order).toEqual([
      'run-start',
      'evaluation',
      ...step,
      'evaluation',
      ...step,
      'checkpoint',
      'evaluation',
      'run-end',
    ]);
    expect(events.some(({ type }) => type === 'chunk')).toBe(true);
    const [metrics] = metricsOf(events);
    for (const name of [
      'reward/total',
      'reward/std',
      'reward/says-b',
      'reward/says-b/parsed',
      'weighted/says-b',
      'loss/total',
      'update/grad-norm',
      'update/learning-rate',
      'policy/kl',
      'policy/entropy',
      'policy/clip-fraction',
      'gap/mean',
      'gap/max',
      'completion/tokens',
      'completion/truncated',
      'groups/failed',
      'groups/zero-variance',
      'prompts/refused',
      'speed/tokens-per-second',
      'seconds/sample',
      'seconds/score',
      'seconds/gradient',
      'seconds/step',
    ]) {
      expect(metrics).toHaveProperty([name], expect.any(Number));
    }
    expect(metrics!['gap/max']).toBeLessThan(1e-6);
    expect(metrics!['policy/kl']).toBe(0);
    const after = events.findLast((event) => event.type === 'evaluation');
    expect(after).toMatchObject({
      phase: 'after',
      report: { conditions: { 'as-filmed': {}, blank: {}, swapped: {} } },
    });
    expect(after!.report.conditions['as-filmed']!.means.overall.measures).toHaveProperty('reward');
  });

  test('writes config, metrics, rollouts, evaluations and checkpoints', async () => {
    const folder = temporaryFolder();
    await trainToy(folder, ['checkpoint.keep=2', 'evaluate.questions=2']);
    expect(readdirSync(join(folder, 'checkpoints')).sort()).toEqual(['step-000004', 'step-000006']);
    expect(existsSync(join(folder, 'config.yaml'))).toBe(true);
    expect(readdirSync(join(folder, 'evaluations')).sort()).toEqual(['after', 'before']);
    expect(readdirSync(join(folder, 'tensorboard'))).toHaveLength(1);
    const metrics = jsonLines<{ step: number }>(folder, 'metrics.jsonl').map(({ step }) => step);
    expect(metrics).toEqual([0, 1, 2, 3, 4, 5, 6, 6]);
    const rollouts = jsonLines<RolloutLine>(folder, 'rollouts.jsonl');
    expect(rollouts).toHaveLength(6 * 4 * 6);
    expect(rollouts[0]).toMatchObject({
      step: 1,
      kind: 'direction',
      problemType: 'multiple choice',
      source: 'SR_dataset',
      solution: '<answer>B</answer>',
      outcomes: { 'says-b': { status: 'scored', reason: expect.stringMatching(/B$/) } },
      advantage: expect.any(Number),
    });
  });

  test('goes through every sample once an epoch', async () => {
    const folder = temporaryFolder();
    await trainToy(folder, ['steps=4']);
    const ids = jsonLines<RolloutLine>(folder, 'rollouts.jsonl')
      .filter(({ completion }) => completion === 0)
      .map(({ sampleId }) => sampleId);
    expect(new Set(ids.slice(0, 8)).size).toBe(8);
    expect(new Set(ids.slice(8)).size).toBe(8);
    expect(ids.slice(8)).not.toEqual(ids.slice(0, 8));
  });

  test('micro-batches add up to the same update', async () => {
    const whole = await trainToy(temporaryFolder(), ['steps=3']);
    const parts = await trainToy(temporaryFolder(), ['steps=3', 'accumulation=3']);
    for (const [index, metrics] of metricsOf(parts.events).entries()) {
      const expected = metricsOf(whole.events)[index]!;
      expect(metrics['loss/total']).toBeCloseTo(expected['loss/total']!, 6);
      expect(metrics['update/grad-norm']).toBeCloseTo(expected['update/grad-norm']!, 6);
    }
  });

  test('refuses a prompt that does not fit, names it once, and draws the next', async () => {
    const samples = [toySample(0), toySample(1), toySample(70, { id: 'too-long' }), toySample(3)];
    const { events, lines } = await trainToy(temporaryFolder(), ['steps=2', 'promptsPerStep=3'], {
      samples,
    });
    const refused = metricsOf(events).map((metrics) => metrics['prompts/refused']!);
    expect(refused.reduce((a, b) => a + b)).toBeGreaterThan(0);
    expect(lines.filter((line) => line.includes('too-long'))).toHaveLength(1);
    await expect(
      trainToy(temporaryFolder(), [], { samples: [toySample(70), toySample(80)] }),
    ).rejects.toMatchObject({ code: 'nothing-to-train-on' });
    await expect(trainToy(temporaryFolder(), [], { samples: [] })).rejects.toMatchObject({
      code: 'nothing-to-train-on',
    });
  });

  test('samples half as many completions from shuffled frames when a reward compares with them', async () => {
    const seen: number[] = [];
    const order: Reward = {
      range: [0, 1],
      after: ['says-b'],
      looks: ['shuffled'],
      score({ completions, looks }) {
        seen.push(looks?.get('shuffled')?.outcomes.get('says-b')?.length ?? -1);
        return completions.map(() => ({ status: 'scored', value: 1 }));
      },
    };
    const folder = temporaryFolder();
    await trainToy(folder, ['steps=1'], { rewards: { order, 'says-b': saysB } });
    expect(seen).toEqual([3, 3, 3, 3]);
    const lines = jsonLines<RolloutLine>(folder, 'rollouts.jsonl');
    expect(lines.filter(({ look }) => look === 'shuffled')).toHaveLength(12);
    expect(lines).toHaveLength(36);
  });

  test('tells at the end what was wrong with the data', () => {
    const problems = Array.from({ length: 12 }, (_, index) => ({
      file: 'data.jsonl',
      ...(index > 0 && { line: index }),
      reason: 'no such video',
    }));
    const lines = describeProblems(problems);
    expect(lines).toHaveLength(12);
    expect(lines.slice(0, 3)).toEqual([
      'The training data has 12 problems; the entries that they concern were left out:',
      '  data.jsonl: no such video',
      '  data.jsonl, line 1: no such video',
    ]);
    expect(lines.at(-1)).toBe('  … and 2 more');
    expect(describeProblems([])).toEqual([]);
  });

  test('a run folder is not shared by two runs', async () => {
    const folder = temporaryFolder();
    await trainToy(folder, ['steps=1']);
    await expect(trainToy(folder, ['steps=1'])).rejects.toMatchObject({
      code: 'run-directory-exists',
    });
  });

  test('a policy that cannot be trained is named before the first step', async () => {
    const policy = (): FakePolicy =>
      Object.defineProperty(fakePolicy({ words: WORDS }), 'capabilities', {
        value: { ...fakePolicy().capabilities, losses: ['cross-entropy'] },
      });
    await expect(trainToy(temporaryFolder(), [], { policy })).rejects.toMatchObject({
      code: 'policy-cannot',
    });
  });

  test('entropies need a policy that computes them', async () => {
    const policy = (): FakePolicy =>
      Object.defineProperty(fakePolicy({ words: WORDS }), 'capabilities', {
        value: { ...fakePolicy().capabilities, losses: ['policy-gradient'], entropies: false },
      });
    const sharpened = ['steps=1', 'objective.entropyWeight=-0.1'];
    await expect(trainToy(temporaryFolder(), sharpened, { policy })).rejects.toThrow(
      'it computes no entropies; set objective.entropyWeight to 0',
    );
    await trainToy(temporaryFolder(), ['steps=1'], { policy });
  });

  test('a cost of entropy sharpens what is sampled, a bonus keeps it open', async () => {
    const entropies = async (weight: number): Promise<number> => {
      const set = ['steps=20', 'objective.klWeight=0', `objective.entropyWeight=${weight}`];
      const { events } = await trainToy(temporaryFolder(), set);
      return metricsOf(events).at(-1)!['policy/entropy']!;
    };
    const [cost, none, bonus] = [await entropies(-0.5), await entropies(0), await entropies(0.5)];
    expect(cost).toBeLessThan(none);
    expect(none).toBeLessThan(bonus);
  });
});
