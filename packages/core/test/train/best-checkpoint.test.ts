/** The checkpoint with the best held-out figure stays, whatever is pruned, killed or resumed. */
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readBest } from '../../src/train/run-folder/checkpoint-store.ts';
import type { RunEvent } from '../../src/train/loop/events.ts';
import { temporaryFolder, trainToy } from '../toy-run.ts';

const SET = [
  'steps=12',
  'evaluate.every=2',
  'evaluate.questions=4',
  'evaluate.decoding=sampled',
  'checkpoint.every=3',
  'checkpoint.keep=1',
  'checkpoint.best=answers',
  'optimizer.learningRate=0.3',
];

/** Held-out figures by step, the start weights aside. */
function figuresOf(events: readonly RunEvent[]): ReadonlyMap<number, number> {
  return new Map(
    events.flatMap((event) =>
      event.type === 'evaluation' && event.step > 0
        ? [[event.step, event.report.conditions['as-filmed']!.means.overall.score.value] as const]
        : [],
    ),
  );
}

/** The first step with the greatest figure. */
function bestOf(figures: ReadonlyMap<number, number>): {
  readonly step: number;
  readonly value: number;
} {
  const value = Math.max(...figures.values());
  return { step: [...figures].find(([, found]) => found === value)![0], value };
}

const foldersOf = (run: string) =>
  readdirSync(join(run, 'checkpoints')).filter((name) => name.startsWith('step-'));

describe('the best checkpoint', () => {
  test('is kept beside the newest, named in best.json and in the outcome', async () => {
    const folder = temporaryFolder();
    const { events, outcome } = await trainToy(folder, SET);
    const figures = figuresOf(events);
    expect([...figures.keys()]).toEqual([2, 4, 6, 8, 10, 12]);
    const { step, value } = bestOf(figures);
    const directory = `step-${String(step).padStart(6, '0')}`;
    expect(readBest(join(folder, 'checkpoints'))).toEqual({
      step,
      figure: 'answers',
      value,
      directory,
    });
    expect(outcome.best).toEqual({ step, figure: 'answers', value });
    expect(foldersOf(folder)).toEqual([...new Set([directory, 'step-000012'])].sort());
  });

  test('is the same in a run that was killed, and gives way when a later one is better', async () => {
    const folder = temporaryFolder();
    const whole = await trainToy(folder, SET);
    const figures = [...figuresOf(whole.events)];
    for (const killedAt of [5, 12]) {
      const running = temporaryFolder();
      const killed = temporaryFolder();
      await trainToy(
        running,
        SET,
        {},
        {
          onEvent: (event) => {
            if (event.type !== 'rollout-group' || event.step !== killedAt) return;
            rmSync(killed, { recursive: true });
            cpSync(running, killed, { recursive: true });
          },
        },
      );
      const soFar = new Map(figures.filter(([step]) => step < killedAt));
      expect(readBest(join(killed, 'checkpoints'))).toMatchObject(bestOf(soFar));
      await trainToy(killed, SET, {}, { resume: true });
      expect(readBest(join(killed, 'checkpoints'))).toEqual(readBest(join(folder, 'checkpoints')));
      expect(foldersOf(killed)).toEqual(foldersOf(folder));
    }
    const improvements = figures.filter(([, value], index) =>
      figures.slice(0, index).every(([, before]) => value > before),
    );
    expect(improvements.length).toBeGreaterThan(1);
  });

  test('asks for a figure that the evaluation has, and names those there are', async () => {
    const figure = 'benchmark/toy/score';
    const set = [
      ...SET.filter((one) => !one.startsWith('checkpoint.best')),
      'evaluate.benchmarks=[toy]',
    ];
    const found = trainToy(temporaryFolder(), [...set, `checkpoint.best=${figure}s`]);
    await expect(found).rejects.toMatchObject({
      code: 'unknown-figure',
      message: expect.stringContaining('benchmark/toy'),
    });
  });
});
