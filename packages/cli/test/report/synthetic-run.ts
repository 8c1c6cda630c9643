/** A run folder written by hand: what a report is made from, without a run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EvaluationReport, FigureSet, Interval, RolloutLine } from '@loci/core';
import { randomStream } from '@loci/core';
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
    version: 2,
    step,
    sampleId: `scene-${step}#0`,
    kind: 'counting',
    problemType: 'numerical',
    source: 'SR_dataset',
    problem: 'How many chairs are in the room?',
    options: [],
    solution: '<answer>2</answer>',
    media: { kind: 'image', path: join(directory, 'frame.png') },
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

function interval(mean: number): Interval {
  return { mean, low: mean - 0.05, high: mean + 0.05, count: 2 };
}

function reportOf(score: number): EvaluationReport {
  const figures: FigureSet = { accuracy: interval(score), measures: { map: interval(score) } };
  const rows = [0, 1].map((index) => ({
    item: {
      id: `held-out-${index}`,
      task: 'counting',
      groups: {},
      question: 'How many chairs are in the room?',
      options: [],
      answer: '<answer>2</answer>',
      media: [{ kind: 'video' as const, path: '/none.mp4' }],
    },
    completion: '<answer>2</answer>',
    verdict: { score, answered: true, counted: true, measures: { map: score } },
  }));
  return {
    benchmark: 'spatial-qa',
    seed: 1,
    overall: figures,
    kinds: { counting: figures },
    rows,
    refused: [],
    constant: { accuracy: 0.4, kinds: { counting: { answer: '1', accuracy: 0.4 } } },
    controls: {},
  };
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
  const evaluations = { before: reportOf(0.5), after: reportOf(0.75) };
  for (const [name, report] of Object.entries(evaluations)) {
    writeFileSync(join(directory, 'evaluations', `${name}.json`), JSON.stringify(report));
  }
}
