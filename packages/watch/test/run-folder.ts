/** Run folders as a trainer writes them, small enough to see through. */
import { appendFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FORMAT_VERSIONS } from '@loci/core';
import type { MediaReference, RolloutLine } from '@loci/core';

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'loci-watch-'));
}

/** A run folder with a config, before its first step. */
export function newRun(
  root: string,
  name: string,
  config: Readonly<Record<string, unknown>> = {},
): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  const entries = { version: 2, seed: 1, steps: 4, promptsPerStep: 2, ...config };
  const lines = Object.entries(entries).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  writeFileSync(join(folder, 'config.yaml'), lines.join(''));
  return folder;
}

/** The figures of a step, appended. */
export function writeFigures(
  folder: string,
  step: number,
  more: Readonly<Record<string, number>> = {},
): void {
  const figures = {
    step,
    'reward/total': step / 10,
    'weighted/answer': step / 20,
    'weighted/map': step / 20,
    'policy/kl': 0.01 * step,
    'completion/tokens': 60,
    'seconds/sample': 1,
    'seconds/gradient': 3,
    'seconds/step': 4,
    'speed/tokens-per-second': 500,
    ...more,
  };
  appendFileSync(join(folder, 'metrics.jsonl'), `${JSON.stringify(figures)}\n`);
}

/** A rollout of a group of two. */
export function rollout(
  step: number,
  group: number,
  completion: number,
  more: Partial<RolloutLine> = {},
): RolloutLine {
  const isRight = completion === 0;
  return {
    version: FORMAT_VERSIONS['rollouts.jsonl'],
    step,
    sampleId: `sample-${group}`,
    kind: group % 2 === 0 ? 'counting' : 'room-size',
    problemType: 'numerical',
    source: 'SR_dataset',
    problem: `How many chairs are in room ${group}?`,
    options: [],
    solution: '<answer>3</answer>',
    media: [{ kind: 'video', path: `/nowhere/room-${group}.mp4` }],
    map: { chair: [[1, 2]], table: [[5, 5]] },
    completion,
    text: `<think><map>{"chair":[[1,3]],"lamp":[[7,7]]}</map></think><answer>${isRight ? 3 : 4}</answer>`,
    tokens: 20 + completion,
    finishReason: 'stop',
    reward: isRight ? 1.5 : 0.5,
    outcomes: {
      answer: { status: 'scored', value: isRight ? 1 : 0, parts: { parsed: 1 } },
      map: {
        status: 'scored',
        value: 0.5,
        parts: { score: 0.5 },
        reason: 'one chair is off by a cell',
      },
    },
    contributions: {
      answer: { value: isRight ? 1 : 0, weight: 1 },
      map: { value: 0.5, weight: 1 },
    },
    advantage: isRight ? 1 : -1,
    ...more,
  };
}

/** Rollouts, appended as lines. */
export function writeRollouts(folder: string, lines: readonly RolloutLine[]): void {
  appendFileSync(
    join(folder, 'rollouts.jsonl'),
    lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
}

/** Two groups of two rollouts, and the figures of the step. */
export function writeStep(folder: string, step: number, more: Partial<RolloutLine> = {}): void {
  writeRollouts(
    folder,
    [0, 1].flatMap((group) => [0, 1].map((completion) => rollout(step, group, completion, more))),
  );
  writeFigures(folder, step);
}

/** A row of `predictions.jsonl`. */
export function prediction(
  id: string,
  score: number,
  output: string,
  media: readonly MediaReference[] = [],
): string {
  const row = {
    condition: 'as-filmed',
    item: {
      id,
      task: 'counting',
      groups: {},
      question: `Question ${id}?`,
      options: [],
      answer: '3',
    },
    promptHash: 'a',
    shown: [],
    ...(media.length > 0 && { media }),
    prediction: { status: 'answered', output },
    verdicts: { official: { score, answered: true, counted: true, normalised: output } },
  };
  return `${JSON.stringify(row)}\n`;
}

/** An evaluation in a folder. */
export function writeEvaluation(folder: string, rows: readonly string[], temperature = 0): void {
  mkdirSync(folder, { recursive: true });
  const record = {
    version: FORMAT_VERSIONS['evaluation.json'],
    benchmark: { use: 'toy' },
    setup: { prompt: 'official' },
    policy: { use: 'table' },
    model: 'a table',
    sampling: { temperature, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens: 8 },
    samples: 1,
    seed: 1,
  };
  writeFileSync(join(folder, 'evaluation.json'), JSON.stringify(record));
  writeFileSync(join(folder, 'predictions.jsonl'), rows.join(''));
}
