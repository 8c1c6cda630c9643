/** A run folder written by hand: what a report is made from, without a run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareMeans, evaluationReport, randomStream, reportText } from '@loci/core';
import type { EvaluationRecord, JudgedRow, PredictionRow, RolloutLine } from '@loci/core';
import { factsOf } from '@loci/benchmarks';
import { fakeScorer } from '@loci/core/testing';
import sharp from 'sharp';

const STEPS = 40;

function jsonLines(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

function metricsOf(step: number, noise: () => number): object {
  const reward = 1 + step / 50 + 0.2 * noise();
  return {
    step,
    'reward/total': reward,
    'reward/std': 0.3,
    'reward/answer': reward / 2,
    'reward/answer/parsed': 1,
    'reward/map': reward / 3,
    'weighted/answer': reward / 2,
    'weighted/map': reward / 2,
    'gate/map': Math.min(1, 0.25 + step / 80),
    'weight/map': Math.min(2, 1 + step / 20),
    'advantage/answer': 0.8 - step / 100,
    'advantage/map': 0.4 + step / 100,
    'policy/kl': step / 5000,
    'policy/entropy': 0.5 - step / 400,
    'gap/mean': 1e-6,
    'gap/max': 1e-5,
    'completion/tokens': 60 + noise(),
    'groups/zero-variance/all-correct': 0.125,
    'groups/zero-variance/all-wrong': 0,
  };
}

function rolloutOf(step: number, directory: string, reward: number | null): RolloutLine {
  return {
    version: 3,
    step,
    sampleId: `scene-${step}#0`,
    kind: 'counting',
    problemType: 'numerical',
    source: 'SR_dataset',
    problem: 'How many chairs are in the room?',
    options: [],
    solution: '<answer>2</answer>',
    media: [{ kind: 'image', path: join(directory, 'frame.png') }],
    map: {
      chair: [
        [1, 2],
        [7, 8],
      ],
      desk: [[4, 5]],
    },
    completion: 0,
    text: '<think><map>{"chair":[[1,3],[7,8]],"lamp":[[0,0]]}</map> 1 < 2</think><answer>2</answer>',
    tokens: 40,
    finishReason: 'stop',
    reward,
    outcomes: {
      answer: { status: 'scored', value: 1, parts: { parsed: 1 }, reason: 'right on the spot' },
      map: { status: 'scored', value: 0.8, parts: { positions: 0.7, counts: 1 } },
      length: { status: 'scored', value: 1.5 },
      consistency: { status: 'abstained', reason: 'the question does not ask for a place' },
    },
    contributions: {
      answer: { value: 1, weight: 1, advantage: 0.75 },
      map: {
        value: 0,
        weight: 1 + step / 20,
        closed: 'answer/relative is 0.3, not above 0.5',
        advantage: -0.5,
      },
      length: { value: 1, weight: 0.25, advantage: 0.25 },
      consistency: { value: null, weight: 0.5, advantage: 0 },
    },
    advantage: 0.5,
  };
}

const record: EvaluationRecord = {
  ...{ version: 2, benchmark: { use: 'spatial-qa' }, setup: { prompt: 'run' } },
  ...{ policy: { use: 'table' }, model: 'a table', samples: 1, seed: 1 },
  sampling: { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens: 8 },
};

const scorer = fakeScorer((_, output) => ({
  score: Number(output),
  measures: { map: Number(output) },
}));

/** Two answers that score the same. */
function rowsOf(score: number): readonly PredictionRow[] {
  return [0, 1].map((index) => ({
    condition: 'as-filmed',
    item: {
      id: `held-out-${index}`,
      task: 'counting',
      groups: {},
      question: 'How many chairs are in the room?',
      options: [],
      answer: '<answer>2</answer>',
    },
    promptHash: 'x',
    shown: [],
    prediction: { status: 'answered', output: String(score) },
  }));
}

function judged(rows: readonly PredictionRow[]): readonly JudgedRow[] {
  return rows.map(({ item, prediction }) => ({ item, verdict: scorer.score(item, prediction) }));
}

/** Writes a complete run of forty steps, with evaluations before and after. */
export async function writeSyntheticRun(directory: string): Promise<void> {
  const noise = randomStream(7);
  mkdirSync(join(directory, 'evaluations'), { recursive: true });
  await sharp({ create: { width: 84, height: 56, channels: 3, background: '#a0522d' } })
    .png()
    .toFile(join(directory, 'frame.png'));
  const steps = Array.from({ length: STEPS }, (_, index) => index + 1);
  writeFileSync(join(directory, 'config.yaml'), 'steps: 40\n');
  writeFileSync(
    join(directory, 'metrics.jsonl'),
    jsonLines(steps.map((step) => metricsOf(step, noise))),
  );
  const rollouts = steps.map((step) => rolloutOf(step, directory, step === 3 ? null : step / 10));
  writeFileSync(join(directory, 'rollouts.jsonl'), jsonLines(rollouts));
  const [before, after] = [rowsOf(0.5), rowsOf(0.75)];
  for (const [name, rows] of Object.entries({ before, after })) {
    const folder = join(directory, 'evaluations', name);
    mkdirSync(folder);
    const report = evaluationReport({ scorers: [scorer] }, rows, 1);
    const comparison = compareMeans(judged(before), judged(rows), 1);
    const stored = { record, facts: factsOf('spatial-qa')!, report };
    writeFileSync(
      join(folder, 'report.json'),
      reportText(name === 'after' ? { ...stored, comparison } : stored),
    );
  }
}
