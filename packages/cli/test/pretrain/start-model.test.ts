/** The bundled start model is what the recipe says, and the warm-up and lessons that made it do what they say. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { architectureNamed, readModel } from '@loci/backends';
import { CATEGORIES, ROOM_GENERATOR } from '@loci/datasets';
import { BUNDLED_START_MODEL } from '../../src/assets.ts';
import { drawLessons, readoutLabels, sampleOf } from '../../src/pretrain/lessons.ts';
import { asLearnedMean } from '../../src/pretrain/course.ts';
import { pretrain } from '../../src/pretrain/pretrain.ts';
import { DEFAULT_RECIPE, phaseFactor, START_SIZES, stepsTaken } from '../../src/pretrain/recipe.ts';
import { recipeSchema } from '../../src/pretrain/recipe-schema.ts';

const REPOSITORY = join(import.meta.dirname, '../../../..');
const read = (name: string) => readFileSync(join(BUNDLED_START_MODEL, name), 'utf8');

interface StoredRecipe {
  readonly base?: { readonly model: string };
  readonly course: { readonly generator: string };
}

/** The recipes that made the bundled model one after the other. */
const RECIPES = [
  ...['1-reading', '2-seeing', '3-both', '4-letters'],
  ...['5-drills', '6-reading', '7-counts', '8-balance', '9-sizes'],
  ...['10-order', '11-options', '12-orders', '13-slips'],
];
const recipes = RECIPES.map((name) => {
  const file = join(REPOSITORY, `docs/recipes/start-model-${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as StoredRecipe;
});
/** As the command reads it. */
const last = recipeSchema.parse(recipes.at(-1));

describe('the start model', () => {
  test('was made by the last of its recipes, and each of the others names the one before it', () => {
    expect(JSON.parse(read('recipe.json'))).toEqual(JSON.parse(JSON.stringify(last)));
    const bases = RECIPES.map((_, place) => (place === 0 ? undefined : `runs/start-${place}`));
    expect(recipes.map(({ base }) => base?.model)).toEqual(bases);
    const before = [
      'rooms-1',
      'rooms-1',
      'rooms-1',
      'rooms-2',
      ...Array<string>(5).fill('rooms-3'),
    ];
    const generators = [...before, 'rooms-4', ...Array<string>(3).fill(ROOM_GENERATOR)];
    expect(recipes.map(({ course }) => course.generator)).toEqual(generators);
  });

  test('has the shape that the recipe gives a fresh model', async () => {
    const { configJson, decoder, tokens } = await readModel(BUNDLED_START_MODEL);
    const { vocabularySize } = decoder;
    const fresh = architectureNamed(last.architecture).fresh(START_SIZES, {
      vocabularySize,
      tokens,
    });
    expect(configJson).toEqual(fresh.configJson);
    expect(vocabularySize).toBeGreaterThan(100);
  });

  test('comes with the losses of its making', () => {
    const lines = read('pretrain-metrics.jsonl').trim().split('\n');
    const records = lines.map((line) => JSON.parse(line) as { phase: string; step: number });
    expect(records.at(-1)).toMatchObject({
      phase: 'supervised',
      step: stepsTaken(last.supervised),
    });
  });
});

const SEEN = { height: 56, width: 84 };

describe('lessons', () => {
  const lessons = [...drawLessons({ ...DEFAULT_RECIPE, questionsPerRoom: 2 }, 'train', 2, SEEN)];

  test('a lesson is eight frames of 56×84 and its questions as samples', () => {
    const [lesson] = lessons;
    expect(lesson!.frames).toHaveLength(8);
    expect(lesson!.frames.map(({ pixels }) => pixels.length)).toEqual(Array(8).fill(56 * 84 * 3));
    const sample = sampleOf(lesson!, 1);
    expect(sample.demonstration).toContain(sample.solution);
  });

  test('the labels of a map are the cells of single objects and the counts of all', () => {
    const map = {
      chair: [[1, 2]],
      table: [
        [3, 4],
        [5, 6],
      ],
    } as const;
    const [columns, rows, counts] = readoutLabels(map);
    const [chair, table] = [CATEGORIES.indexOf('chair'), CATEGORIES.indexOf('table')];
    expect([columns![chair], rows![chair], counts![chair]]).toEqual([1, 2, 1]);
    expect([columns![table], rows![table], counts![table]]).toEqual([-1, -1, 2]);
  });
});

test('a pretraining in the folder of an earlier one begins a new list of losses', async () => {
  const out = mkdtempSync(join(tmpdir(), 'loci-pretrain-'));
  writeFileSync(join(out, 'pretrain-metrics.jsonl'), '{"phase":"supervised","step":4000}\n');
  const started = pretrain({
    recipe: { ...DEFAULT_RECIPE, rooms: 1, questionsPerRoom: 1 },
    out,
    prompt: {
      render() {
        throw new Error('no words');
      },
    },
    resolve: (path) => path,
    open: () => Promise.reject(new Error('no engine')),
    log: () => undefined,
  });
  await expect(started).rejects.toThrow('no words');
  expect(readFileSync(join(out, 'pretrain-metrics.jsonl'), 'utf8')).toBe('');
});

describe('phases', () => {
  test('the learning rate climbs, stays, and falls to a twentieth', () => {
    const phase = { steps: 1000, batch: 1, learningRate: 1 };
    expect(phaseFactor(0, phase)).toBeCloseTo(1 / 50);
    expect(phaseFactor(500, phase)).toBe(1);
    expect(phaseFactor(999, phase)).toBeCloseTo(0.05, 1);
  });

  test('every learned token of a batch weighs the same and the weights sum to 1', () => {
    const group = (weights: readonly number[]) => ({
      prompt: { tokenIds: Int32Array.of(1), media: [] },
      completions: [new Int32Array(weights.length)],
      targets: [{ weights: Float32Array.from(weights) }],
    });
    const weights = asLearnedMean([group([1, 1, 1]), group([0, 1, 1, 0, 1])]).flatMap(
      ({ targets }) => [...targets[0]!.weights],
    );
    expect(new Set(weights)).toEqual(new Set([0, Math.fround(1 / 6)]));
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1);
  });
});
