/** The lessons of a course: what they show, what of them is learned, and that a stopped course goes on as if it had not stopped. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openOnnxPolicy, readModel, readTokenizer, type TextCodec } from '@loci/backends';
import type { Size } from '@loci/media';
import { compact, type PromptTemplate, type TrainingGroup } from '@loci/core';
import { BUNDLED_START_MODEL } from '../../src/assets.ts';
import { lessonsOfStep } from '../../src/pretrain/course.ts';
import { FreshRooms, stepStream } from '../../src/pretrain/fresh-rooms.ts';
import { LessonEncoder } from '../../src/pretrain/lessons.ts';
import { pretrain } from '../../src/pretrain/pretrain.ts';
import { progressFolder, readProgress } from '../../src/pretrain/progress.ts';
import {
  DEFAULT_RECIPE,
  seenSize,
  type Course,
  type PretrainRecipe,
} from '../../src/pretrain/recipe.ts';
import { teachingOf } from '../../src/pretrain/teaching.ts';

const prompt = compact.create({ map: true }, { baseDirectory: '.' } as never) as PromptTemplate;
const course: Course = {
  generator: 'rooms-1',
  freshRooms: { warmUp: 1, supervised: 1 },
  reading: 0.5,
  drills: 0,
};
const weightsFile = join(BUNDLED_START_MODEL, 'model.safetensors');
const sha256 = createHash('sha256').update(readFileSync(weightsFile)).digest('hex');
const recipe: PretrainRecipe = {
  ...DEFAULT_RECIPE,
  rooms: 4,
  kinds: ['counting', 'room-size', 'relative-direction-easy', 'relative-direction-hard'],
  supervised: { steps: 2, batch: 2, learningRate: 1e-3 },
  base: { model: BUNDLED_START_MODEL, sha256 },
  course,
};

describe('the lessons of a step', () => {
  let encoder: LessonEncoder;
  let codec: TextCodec;
  let rooms: FreshRooms;
  let seen: Size;
  beforeAll(async () => {
    const model = await readModel(BUNDLED_START_MODEL);
    encoder = await LessonEncoder.open(BUNDLED_START_MODEL, model, prompt);
    codec = await readTokenizer(BUNDLED_START_MODEL);
    seen = seenSize(model);
    rooms = new FreshRooms(1, 3, seen);
  });
  const lessons = (share: Partial<Course>, step = 0): TrainingGroup[] =>
    lessonsOfStep(
      { recipe: { ...recipe, course: { ...course, ...share } }, encoder, prompt, rooms },
      stepStream(1, 'test', step),
    );
  const learned = ({ completions, targets }: TrainingGroup): string =>
    codec.decode([...completions[0]!].filter((_, at) => targets[0]!.weights[at]! > 0));

  test('half read under a film, half see: only the latter learn the map', () => {
    const [reading, seeing] = lessons({});
    for (const { prompt: asked } of [reading!, seeing!]) expect(asked.media).toHaveLength(1);
    expect(learned(reading!)).not.toContain('<map>');
    expect(learned(reading!)).toMatch(/^ .*<\/think><answer>/);
    expect(learned(seeing!)).toMatch(/^<think><map>\{"/);
  });

  test('a lesson without a map asks for none, and its steps begin at once', () => {
    const asked = (group: TrainingGroup) => codec.decode([...group.prompt.tokenIds]);
    const [plain, mapped] = [1, 0].map((mapless) => lessons({ reading: 0, mapless })[0]!);
    expect(asked(mapped!)).toContain('Objects: ');
    expect(asked(plain!)).not.toContain('Objects: ');
    expect(learned(plain!)).toMatch(/^<think>(?!<map>).+<\/think><answer>/);
  });

  test('drills have no film, and neither the map nor, without a question, the names of entries are learned', () => {
    const drills = Array.from({ length: 60 }, (_, step) => lessons({ drills: 1 }, step)).flat();
    for (const group of drills) {
      expect(group.prompt.media).toEqual([]);
      expect(learned(group)).not.toContain('<map>');
      expect(learned(group)).not.toBe('');
    }
    // Worked steps in a row have a line each.
    const inARow = drills.filter(({ completions }) =>
      codec.decode([...completions[0]!]).includes('\n'),
    );
    expect(inARow.length).toBeGreaterThan(3);
    for (const group of inARow) expect(learned(group)).not.toMatch(/"[a-z]/);
  });

  test('a drill of letters looks every option up once', () => {
    const drills = Array.from({ length: 60 }, (_, step) => lessons({ drills: 1 }, step)).flat();
    const letters = drills
      .map(({ completions }) => codec.decode([...completions[0]!]))
      .filter((text) => !text.includes('<map>'))
      .map((text) => text.slice(0, text.indexOf('</think>')))
      // ` B. left`, or a mark for every option: ` A0B1C0D0`.
      .map((text) => text.match(/ [A-F](?=\. )|[A-F](?=1)/g)!);
    expect(letters.length).toBeGreaterThan(3);
    for (const found of letters) {
      expect(found.length).toBeGreaterThan(1);
      expect(new Set(found).size).toBe(found.length);
    }
  });

  test('films between the drills come by the step, whoever asks for it first', () => {
    const drilled = { steps: 12, batch: 2, learningRate: 1e-3, films: 0.5 };
    const mixed = { ...recipe, rooms: 60, course: { ...course, drilled } };
    const drills = () => {
      const { drills } = teachingOf(mixed, prompt, seen, () => undefined);
      return (step: number) => drills!(step, encoder);
    };
    const through = drills();
    const steps = Array.from({ length: drilled.steps }, (_, step) => through(step));
    const films = steps.map((groups) => groups[0]!.prompt.media.length);
    expect(new Set(films)).toEqual(new Set([0, 1]));
    const resumed = drills();
    expect([10, 11].map((step) => resumed(step))).toEqual(steps.slice(10));
  });

  test('the step decides the lessons', () => {
    expect(lessons({}, 4)).toEqual(lessons({}, 4));
    expect(lessons({}, 4)).not.toEqual(lessons({}, 5));
  });
});

describe('a pretraining', () => {
  const run = (out: string, stopAfter?: number) => {
    const lines: string[] = [];
    const done = pretrain({
      recipe,
      out,
      prompt,
      resolve: (path) => path,
      open: (model) => openOnnxPolicy({ model, threads: 1 }),
      log: (line) => lines.push(line),
      keepEvery: 1,
      ...(stopAfter !== undefined && { afterKeeping: stopAt(stopAfter) }),
    });
    return { done, lines };
  };
  const stopAt = (steps: number) => (imitated: number) => {
    if (imitated === steps) throw new Error('stopped');
  };
  const weights = (out: string) => readFileSync(join(out, 'model.safetensors'));
  const folder = () => join(mkdtempSync(join(tmpdir(), 'loci-course-')), 'model');

  test('that was stopped continues to the same bytes', async () => {
    const [through, stopped] = [folder(), folder()];
    await run(through).done;
    await expect(run(stopped, 1).done).rejects.toThrow('stopped');
    expect(readProgress(stopped, recipe)?.imitated).toBe(1);
    const again = run(stopped);
    await again.done;
    expect(again.lines[0]).toBe('continues after 1 steps');
    expect(weights(stopped).equals(weights(through))).toBe(true);
    expect(weights(through).equals(readFileSync(weightsFile))).toBe(false);
    expect(readProgress(stopped, recipe)).toBeUndefined();
  }, 120_000);

  test('does not go on from the state of another recipe, nor from another base', async () => {
    const out = folder();
    await expect(run(out, 1).done).rejects.toThrow('stopped');
    expect(() => readProgress(out, { ...recipe, seed: 3 })).toThrow(
      `${progressFolder(out)} has the state of another recipe`,
    );
    const other = { ...recipe, base: { model: BUNDLED_START_MODEL, sha256: '0'.repeat(64) } };
    const started = pretrain({
      recipe: other,
      out: folder(),
      prompt,
      resolve: (path) => path,
      open: () => Promise.reject(new Error('no engine')),
      log: () => undefined,
    });
    await expect(started).rejects.toThrow(/have the SHA-256/);
  }, 120_000);
});
