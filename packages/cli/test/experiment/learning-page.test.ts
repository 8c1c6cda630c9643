/** The page of what training brings, from a made-up folder of tiny stored evaluations. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { learning } from '../../src/commands/learning.ts';
import { armDifference, armFigure } from '../../src/experiment/compare-arms.ts';
import { readArmAnswers } from '../../src/experiment/arm-answers.ts';
import { readStoredExperiment } from '../../src/experiment/experiment-store.ts';

/** Which of the four questions an arm gets right, by seed. */
const RIGHT: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  start: { 1: '1000', 2: '1000' },
  plain: { 1: '1100', 2: '1010' },
  mapped: { 1: '1110', 2: '1111' },
};
const MAP = { chair: [[2, 2]], sofa: [[7, 6]], table: [[4, 8]] };

const EXPERIMENT = {
  title: 'A made-up experiment',
  seeds: [1, 2, 3],
  shared: { steps: 4 },
  arms: { plain: { title: 'Plain' }, mapped: { title: 'Mapped' } },
  evaluations: { unseen: { title: 'Unseen rooms' }, later: { title: 'Not done yet' } },
  differences: [
    ['plain', 'mapped'],
    ['start', 'mapped'],
  ],
};

/** Lines of one seed of an arm: two answers a question as filmed, one with another room's video, which is always wrong. */
function linesOf(arm: string, seed: number): string {
  const drawn = arm === 'mapped' ? `<map>${JSON.stringify(MAP)}</map>` : '';
  const rows = [...RIGHT[arm]![seed]!].flatMap((isRight, index) => {
    const item = {
      ...{ id: `q${index}`, task: index < 2 ? 'counting' : 'room-size', groups: {} },
      ...{
        question: 'How many?',
        options: ['A. 1', 'B. 2'],
        answer: '<answer>A</answer>',
        map: MAP,
      },
    };
    const row = (condition: string, letter: string, sample?: number) => ({
      ...{ condition, item, promptHash: 'p', shown: [], verdicts: {} },
      ...(sample !== undefined && { sample }),
      prediction: {
        status: 'answered',
        output: `<think>${drawn}</think><answer>${letter}</answer>`,
      },
    });
    const letter = isRight === '1' ? 'A' : 'B';
    return [row('as-filmed', letter), row('as-filmed', 'B', 1), row('swapped', 'B')];
  });
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

const RECORD = {
  ...{ version: 2, benchmark: { use: 'spatial-qa' }, setup: { prompt: 'run' }, seed: 1 },
  ...{ policy: { use: 'onnx' }, model: 'made up', samples: 2 },
  sampling: { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens: 8 },
};

function write(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
}

function makeExperiment(root: string): string {
  const folder = join(root, 'runs', 'made-up');
  const pieces: Record<string, unknown> = {};
  for (const [arm, seeds] of Object.entries(RIGHT)) {
    for (const seed of Object.keys(seeds).map(Number)) {
      const evaluation = join(folder, 'evaluations', arm, `seed-${seed}`, 'unseen');
      write(evaluation, 'evaluation.json', JSON.stringify(RECORD));
      write(evaluation, 'predictions.jsonl', linesOf(arm, seed));
      write(evaluation, 'report.json', '{}');
      if (arm === 'start') continue;
      pieces[`train/${arm}/seed-${seed}`] = {
        ...{ ending: { reason: 'finished', step: 4 }, seconds: 900 * seed },
      };
      const metrics = [1, 2, 3, 4].map((step) =>
        JSON.stringify({ step, 'reward/answer': 0.1 * step * seed }),
      );
      write(join(folder, 'runs', arm, `seed-${seed}`), 'metrics.jsonl', `${metrics.join('\n')}\n`);
    }
  }
  // A half-done evaluation has no report yet, and does not count.
  const half = join(folder, 'evaluations', 'plain', 'seed-3', 'unseen');
  write(half, 'predictions.jsonl', 'half a li');
  write(folder, 'experiment.json', JSON.stringify({ version: 1, experiment: EXPERIMENT, pieces }));
  return folder;
}

let root: string;
let folder: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'loci-learning-'));
  folder = makeExperiment(root);
});

const io = () => ({
  out: { isTTY: false, write: () => true } as never,
  userDirectory: root,
});

describe('figures', () => {
  const answersOf = async (arm: string) => {
    const stored = readStoredExperiment(folder)!;
    return (await readArmAnswers(stored, arm, 'unseen', io())).get('as-filmed')!;
  };

  test('worked by hand: means, pass@2, both map scores', async () => {
    const [plain, mapped] = [await answersOf('plain'), await answersOf('mapped')];
    // Two answers a question, of which the second is always wrong.
    expect(armFigure(plain, { measure: 'score' })?.value).toBeCloseTo(0.25, 12);
    expect(armFigure(plain, { measure: 'pass@2' })?.value).toBeCloseTo(0.5, 12);
    expect(armFigure(mapped, { measure: 'pass@2' })).toMatchObject({ bySeed: [0.75, 1], count: 4 });
    expect(armFigure(mapped, { measure: 'map' })?.value).toBeCloseTo(1, 12);
    expect(armFigure(mapped, { measure: 'calibrated' })?.value).toBeCloseTo(1, 12);
    expect(armFigure(plain, { measure: 'calibrated' })?.value).toBe(0);
    expect(armFigure(plain, { measure: 'no-such' })).toBeUndefined();
  });

  test('differences pair seeds and questions, of one kind alone too', async () => {
    const [plain, mapped] = [await answersOf('plain'), await answersOf('mapped')];
    const all = armDifference(plain, mapped, { measure: 'pass@2' })!;
    expect(all.bySeed).toEqual([0.25, 0.5]);
    expect(all.value).toBeCloseTo(0.375, 12);
    const rooms = armDifference(plain, mapped, { measure: 'pass@2', kind: 'room-size' })!;
    expect(rooms).toMatchObject({ bySeed: [0.5, 0.5], count: 2, value: 0.5 });
    expect(armDifference(plain, new Map(), { measure: 'score' })).toBeUndefined();
  });
});

test('the page is written the same every time, with its plots beside it', async () => {
  const results: unknown[] = [];
  const result = (found: unknown): void => void results.push(found);
  await learning({ experiments: ['runs/made-up'] }, { ...io(), result });
  const page = readFileSync(join(root, 'docs', 'learning.md'), 'utf8');
  const golden = join(import.meta.dirname, 'learning-page.golden.txt');
  expect(page).toBe(readFileSync(golden, 'utf8'));
  expect(results).toMatchObject([
    {
      page: join(root, 'docs', 'learning.md'),
      experiments: [{ directory: folder, evaluations: [{ name: 'unseen', questions: 4 }] }],
    },
  ]);
  const pictures = [...page.matchAll(/\]\((images\/[^)]+\.svg)\)/gu)].map(([, path]) => path!);
  expect(pictures).toHaveLength(2);
  for (const path of pictures) {
    const svg = readFileSync(join(root, 'docs', path), 'utf8');
    expect(svg).toMatch(/^<svg[^]*Mapped[^]*<\/svg>\n$/u);
  }
});

test('a folder without an experiment is named', async () => {
  await expect(learning({ experiments: ['runs'] }, io())).rejects.toThrow(/has no experiment/u);
});
