import { describe, expect, test } from '@jest/globals';
import { lessonsAhead } from '../../src/pretrain/lessons-ahead.ts';

describe('lessons made ahead', () => {
  const record = (steps: number, learn = async () => 1) => {
    const made: number[] = [];
    const learned: number[] = [];
    const step = lessonsAhead(
      steps,
      (index) => (made.push(index), index),
      (lessons) => (learned.push(lessons), learn()),
    );
    return { made, learned, step };
  };

  test('are learned from once each, in order, and none is made beyond the last step', async () => {
    const { made, learned, step } = record(3);
    for (let index = 0; index < 3; index++) await step(index, 1);
    expect(learned).toEqual([0, 1, 2]);
    expect(made).toEqual([0, 1, 2]);
  });

  test('are made while the step before is learned', async () => {
    let end: (loss: number) => void = () => undefined;
    const { made, step } = record(2, () => new Promise((resolve) => (end = resolve)));
    const running = step(0, 1);
    while (made.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    end(0.5);
    expect(await running).toBe(0.5);
  });

  test('begin anywhere', async () => {
    const { learned, step } = record(9);
    await step(7, 1);
    await step(8, 1);
    expect(learned).toEqual([7, 8]);
  });

  test('leave a failure to the step that failed', async () => {
    const { step } = record(5, () => Promise.reject(new Error('no memory')));
    await expect(step(0, 1)).rejects.toThrow('no memory');
  });
});
