import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { WatchedFigures } from '../../../src/spec/index.ts';
import { verdict, withEvaluation, withStep } from '../../../src/train/course/stop-when.ts';
import type { StopSettings } from '../../../src/train/course/stop-when.ts';
import { temporaryFolder, trainToy } from '../../toy-run.ts';
import { killedRun, writtenIn } from '../killed-run.ts';

const plateau: StopSettings = { plateau: { figure: 'answers', evaluations: 2, by: 0.01 } };
const collapse: StopSettings = { collapse: { figure: 'reward/total', below: 0.2, steps: 3 } };

/** The reason after each of a row of evaluations, ten steps apart. */
function afterEvaluations(values: readonly number[]): readonly (string | undefined)[] {
  let watched: WatchedFigures = {};
  return values.map((value, index) => {
    watched = withEvaluation(watched, plateau, 10 * index, { 'evaluation/accuracy': value });
    return verdict(watched, plateau)?.reason;
  });
}

describe('a plateau', () => {
  test('is no rise of more than `by` above the best, over so many evaluations', () => {
    expect(afterEvaluations([0.3, 0.4, 0.405, 0.35])).toEqual([
      undefined,
      undefined,
      undefined,
      'plateaued',
    ]);
    // The second of the two rises in time.
    expect(afterEvaluations([0.3, 0.4, 0.35, 0.42, 0.43, 0.44])).toEqual(Array(6).fill(undefined));
    // What counts is the best before, not the last.
    expect(afterEvaluations([0.5, 0.3, 0.4])).toEqual([undefined, undefined, 'plateaued']);
  });

  test('says what it saw', () => {
    let watched: WatchedFigures = {};
    for (const [step, value] of [
      [0, 0.3],
      [10, 0.4],
      [20, 0.38],
      [30, 0.405],
    ] as const) {
      watched = withEvaluation(watched, plateau, step, { 'evaluation/accuracy': value });
    }
    expect(verdict(watched, plateau)?.why).toBe(
      'answers was 0.4 after step 10, and 0.405 at most in the 2 evaluations since step 10: no rise of more than 0.01 (stopWhen.plateau)',
    );
  });

  test('counts an evaluation that was made again once, and begins anew with another figure', () => {
    let watched: WatchedFigures = {};
    const values = { 'evaluation/accuracy': 0.3, 'evaluation/map': 0.5 };
    for (const step of [0, 10, 10, 10]) watched = withEvaluation(watched, plateau, step, values);
    expect(watched.plateau?.points).toHaveLength(2);
    expect(verdict(watched, plateau)).toBeUndefined();
    const other: StopSettings = { plateau: { figure: 'map', evaluations: 1, by: 0 } };
    expect(verdict(watched, other)).toBeUndefined();
    watched = withEvaluation(watched, other, 20, values);
    expect(watched.plateau).toEqual({ figure: 'map', points: [{ step: 20, value: 0.5 }] });
  });
});

test('a collapse is so many steps in a row below; a step without the figure says nothing', () => {
  let watched: WatchedFigures = {};
  const after = (step: number, value?: number): string | undefined => {
    watched = withStep(
      watched,
      collapse,
      step,
      value === undefined ? {} : { 'reward/total': value },
    );
    return verdict(watched, collapse)?.reason;
  };
  const found = [0.1, 0.1, 0.2, 0.1, undefined, 0.1, 0.19].map((value, index) =>
    after(index + 1, value),
  );
  expect(found).toEqual([...Array<undefined>(6).fill(undefined), 'collapsed']);
});

describe('a run', () => {
  const still = [
    'steps=20',
    'evaluate.every=2',
    'evaluate.questions=4',
    'optimizer.learningRate=1e-9',
    'stopWhen.plateau.evaluations=2',
  ];

  test('that stands still ends with an evaluation, a checkpoint and the reason, and says it again when resumed', async () => {
    const folder = temporaryFolder();
    const { outcome, events } = await trainToy(folder, still);
    expect(outcome).toMatchObject({ step: 4, reason: 'plateaued' });
    expect(outcome.why).toContain('no rise of more than 0');
    expect(events.at(-1)).toEqual({ type: 'run-end', ...outcome });
    expect(events.some((event) => event.type === 'evaluation' && event.phase === 'after')).toBe(
      true,
    );
    expect(readdirSync(join(folder, 'checkpoints'))).toContain('step-000004');
    const before = writtenIn(folder);
    const again = await trainToy(folder, still, {}, { resume: true });
    expect(again.outcome).toEqual(outcome);
    expect(writtenIn(folder)).toEqual(before);
    const patient = [...still, 'stopWhen.plateau.evaluations=3'];
    const further = await trainToy(folder, patient, {}, { resume: true });
    expect(further.outcome).toMatchObject({ step: 6, reason: 'plateaued' });
  });

  test('that was killed ends where the uninterrupted one does', async () => {
    const set = [...still, 'checkpoint.every=3'];
    const folder = temporaryFolder();
    await trainToy(folder, set);
    expect(await killedRun(4, set)).toEqual(writtenIn(folder));
  });

  test('whose reward has fallen ends as collapsed', async () => {
    const set = ['steps=20', 'stopWhen.collapse.below=2', 'stopWhen.collapse.steps=3'];
    const folder = temporaryFolder();
    const { outcome } = await trainToy(folder, set);
    expect(outcome).toMatchObject({ step: 3, reason: 'collapsed' });
    expect(await killedRun(3, set)).toEqual(writtenIn(folder));
  });

  test('that reaches its last step is finished, whatever its figures are', async () => {
    const set = ['steps=3', 'stopWhen.collapse.below=2', 'stopWhen.collapse.steps=3'];
    const { outcome } = await trainToy(temporaryFolder(), set);
    expect(outcome).toEqual({ step: 3, reason: 'finished' });
  });

  test('names the figures there are when the config names another', async () => {
    const set = [...still, 'stopWhen.plateau.figure=acuracy'];
    await expect(trainToy(temporaryFolder(), set)).rejects.toMatchObject({
      code: 'unknown-figure',
      message: expect.stringMatching(
        /stopWhen.plateau.figure.*"acuracy".*known: .*evaluation\/accuracy/,
      ),
    });
  });

  test.each([
    [
      'stopWhen.plateau={}',
      /stopWhen.plateau: .*set evaluate.every and evaluate.questions above 0/,
    ],
    ['checkpoint.best=answers', /checkpoint.best: .*set evaluate.every and/],
  ])('without evaluations during it cannot have %s', async (set, message) => {
    await expect(trainToy(temporaryFolder(), [set])).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringMatching(message),
    });
  });

  test.each(['dynamicSampling={}', 'curriculum={}', 'leaveOutTruncated=true'])(
    'that imitates demonstrations cannot have %s',
    async (set) => {
      await expect(trainToy(temporaryFolder(), ['objective=sft', set])).rejects.toMatchObject({
        code: 'config-invalid',
        message: expect.stringContaining('no completion is sampled'),
      });
    },
  );
});
