/** Questions about generated scenes, against answers worked out from the boxes alone; and real layouts where they are at hand. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { extractSolution, type Sample } from '@loci/core';
import { describeDatasetContract } from '@loci/core/testing';
import {
  ExcludeList,
  readBoxes,
  readVsiMeta,
  sceneRecipeSchema,
  spacer151k,
  writeScenes,
  type SceneStatistics,
} from '../../src/index.ts';
import { prepareScene } from '../../src/scenes/question-scene.ts';
import { makeScene, type MadeObject, type MadeScene } from './made-scenes.ts';
import { answerOf, ORACLES } from './question-oracles.ts';

const logger = { info: () => undefined, warn: () => undefined };
const MADE = Array.from({ length: 42 }, (_, index) => makeScene(index));
const scans = resolve(import.meta.dirname, '../../../../../shared/data/scenes');

async function fileOf(scenes: readonly MadeScene[]): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'loci-scenes-')), 'scenes.json');
  await mkdir(join(dirname(file), 'videos'));
  for (const { video } of scenes) await writeFile(join(dirname(file), video), 'video');
  await writeFile(file, JSON.stringify({ scenes }));
  return file;
}

interface Written {
  readonly folder: string;
  readonly statistics: SceneStatistics;
  readonly problems: readonly { readonly reason: string }[];
}

async function write(
  scenes: readonly MadeScene[],
  recipe = {},
  names: readonly string[] = [],
): Promise<Written> {
  const file = await fileOf(scenes);
  const folder = join(dirname(file), 'out');
  const what = {
    folder,
    read: [await readBoxes(file)],
    exclude: new ExcludeList(names),
    recipe: sceneRecipeSchema.parse(recipe),
  };
  return { folder, ...(await writeScenes(what, logger)) };
}

const dataset = (folder: string) =>
  spacer151k.create(
    spacer151k.options.parse({ folder, demonstrationFile: 'annotation/demonstrations.jsonl' }),
    { seed: 0, baseDirectory: '/', logger },
  );

async function samplesOf(folder: string): Promise<readonly Sample[]> {
  const source = await (await dataset(folder)).open('train');
  expect(source.problems()).toEqual([]);
  const samples = await Promise.all(
    Array.from({ length: source.size }, (_, index) => source.at(index)),
  );
  await source.close();
  return samples;
}

let written: Written;
let samples: readonly Sample[];
beforeAll(async () => {
  written = await write(MADE);
  samples = await samplesOf(written.folder);
});

describeDatasetContract({
  name: 'annotated scenes, read as SpaceR-151k',
  splits: ['train'],
  create: () => dataset(written.folder),
});

const sceneOf = ({ media }: Sample): MadeScene =>
  MADE.find(({ id }) => media[0]!.path.endsWith(`${id}.mp4`))!;

describe('writeScenes', () => {
  test('all nine kinds are asked, and the answers are true', () => {
    expect(new Set(samples.map(({ questionKind }) => questionKind))).toEqual(
      new Set(Object.keys(ORACLES)),
    );
    for (const sample of samples) {
      expect(`${sample.problem} ${answerOf(sample)}`).toBe(
        `${sample.problem} ${ORACLES[sample.questionKind!]!(sceneOf(sample), sample)}`,
      );
    }
  });

  test('maps hold every object, on a grid that its boxes span', () => {
    for (const sample of samples) {
      const { objects } = sceneOf(sample);
      const cells = Object.values(sample.map!).flat();
      expect(cells).toHaveLength(objects.length);
      expect(Object.keys(sample.map!).sort()).toEqual(
        [...new Set(objects.map(({ category }) => category))].sort(),
      );
      for (const axis of [0, 1] as const) {
        expect(Math.min(...cells.map((cell) => cell[axis]))).toBeLessThanOrEqual(1);
        expect(Math.max(...cells.map((cell) => cell[axis]))).toBeGreaterThanOrEqual(8);
      }
    }
  });

  test('the six kinds are equally frequent, letters and answers as even as they can be', () => {
    const { kinds, letters, questions, sources, scarcest } = written.statistics;
    expect(questions).toBe(samples.length);
    expect(new Set(kinds.map((kind) => kind.questions)).size).toBe(1);
    expect(kinds.find(({ kind }) => kind === scarcest)).toMatchObject({
      questions: kinds[0]!.offered && questions / 6,
    });
    const parts = new Map(kinds.flatMap((kind) => kind.parts).map((part) => [part.kind, part]));
    expect(parts.get('relative-direction-easy')!.commonestClass.share).toBeLessThan(0.53);
    expect(parts.get('relative-direction-hard')!.commonestClass.share).toBeLessThan(0.3);
    expect(parts.get('relative-distance')!.commonestClass.share).toBeLessThan(0.25);
    const first = samples
      .filter(({ options }) => options.length === 4)
      .map(({ solution }) => extractSolution(solution));
    for (const letter of 'ABCD') {
      const share = first.filter((answer) => answer === letter).length / first.length;
      expect(Math.abs(share - 0.25)).toBeLessThan(0.04);
    }
    for (const { kind, commonestClass } of parts.values()) {
      const most = { counting: 0.5, 'relative-direction-easy': 0.53 }[kind as string] ?? 0.4;
      expect(`${kind} ${commonestClass.share <= most}`).toBe(`${kind} true`);
    }
    expect(Object.values(letters).reduce((sum, count) => sum + count)).toBe(
      samples.filter(({ options }) => options.length > 0).length,
    );
    expect(sources.map(({ source, scenes }) => [source, scenes])).toEqual([['rooms', 28], ['halls', 14]]); // prettier-ignore
  });

  test('the same scenes and recipe give the same records, another seed others', async () => {
    const records = (folder: string) => readFile(join(folder, 'SpaceR-151k.jsonl'), 'utf8');
    const few = MADE.slice(0, 4);
    const [a, b, c] = [await write(few), await write(few), await write(few, { seed: 2 })];
    expect(await records(b.folder)).toBe(await records(a.folder));
    expect(await records(c.folder)).not.toBe(await records(a.folder));
  });

  test('a number of questions and weights of kinds are kept; what runs short is told', async () => {
    const shares = { counting: 3, 'absolute-distance': 1 };
    const { statistics } = await write(MADE.slice(0, 10), { questions: 60, shares });
    const counts = Object.fromEntries(
      statistics.kinds.map(({ kind, questions }) => [kind, questions]),
    );
    expect(counts).toMatchObject({ 'absolute-distance': 15, 'relative-distance': 0, size: 0 });
    const counting = statistics.kinds.find(({ kind }) => kind === 'counting')!;
    expect(counting.wanted).toBe(45);
    expect(counting.questions).toBe(Math.min(45, counting.offered));
  });

  test('excluded scenes, scenes without a video and doubles are left out and told', async () => {
    const few = MADE.slice(0, 6);
    const file = await fileOf(few);
    const read = await readBoxes(file);
    const [lost, ...others] = read.scenes;
    const what = {
      folder: join(dirname(file), 'out'),
      read: [{ ...read, scenes: [{ ...lost!, video: '/nowhere.mp4' }, ...others, others[0]!] }],
      exclude: new ExcludeList([`${few[2]!.id}.mp4`, 'scene0001_00']),
      recipe: sceneRecipeSchema.parse({}),
    };
    const { statistics, problems } = await writeScenes(what, logger);
    expect(statistics.scenes).toEqual({
      given: 7,
      unusable: 2,
      excluded: { listed: 1, sameSpace: 0 },
      unmetNames: 1,
      asked: 4,
    });
    expect(problems.map(({ reason }) => reason)).toEqual([
      'the video of made0000 is missing',
      'a second scene made0001; the first counts',
    ]);
    const text = await readFile(join(what.folder, 'SpaceR-151k.jsonl'), 'utf8');
    expect(text).not.toContain(few[2]!.id);
    expect(await readdir(join(what.folder, 'videos'))).toHaveLength(4);
    await expect(writeScenes(what, logger)).rejects.toMatchObject({ code: 'folder-not-empty' });
  });

  test('what is small or badly seen stays on the map and is not asked about; what is never seen is not there', async () => {
    const scene = makeScene(1);
    const cup: MadeObject = { category: 'cup', centre: [1.2, -1.2, 1], size: [0.1, 0.1, 0.1] };
    const far: MadeObject = { category: 'sign', centre: [40, 3, 2], size: [0.5, 0.5, 0.5] };
    const hidden: MadeObject = { category: 'safe', centre: [0, 0, -3], size: [0.5, 0.5, 0.5] };
    const objects = [...scene.objects, cup, far, hidden];
    const { folder, statistics } = await write([{ ...scene, objects }]);
    const asked = await samplesOf(folder);
    expect(Object.keys(asked[0]!.map!)).toContain('cup');
    expect(Object.keys(asked[0]!.map!)).not.toContain('safe');
    expect(statistics.objects).toMatchObject({ annotated: objects.length, small: 1 });
    expect(statistics.objects.unseen + statistics.objects.faint).toBe(2);
    for (const { problem, options } of asked) {
      expect(`${problem} ${options.join(' ')}`).not.toMatch(/cup|sign|safe/u);
    }
  });

  test('what is one of two, the other hardly seen, is not asked about', async () => {
    const scene = makeScene(1);
    const near: MadeObject = { category: 'sign', centre: [1.9, 0, 1.4], size: [0.5, 0.5, 0.5] };
    // Above everything else, and a fortieth of the frame wide and high.
    const far: MadeObject = { category: 'sign', centre: [14, 3, 4], size: [0.5, 0.5, 0.5] };
    const signs = async (...more: readonly MadeObject[]) => {
      const file = await fileOf([{ ...scene, objects: [...scene.objects, ...more] }]);
      const { scenes } = await readBoxes(file);
      const prepared = prepareScene(scenes[0]!, sceneRecipeSchema.parse({}));
      return prepared.scene.objects.filter(({ category }) => category === 'sign');
    };
    expect(await signs(near)).toMatchObject([{ isClear: true }]);
    expect(await signs(far)).toEqual([]);
    expect(await signs(near, far)).toMatchObject([{ isClear: false }]);
  });

  test('where no scene is left the message says why', async () => {
    const [first, second] = MADE;
    await expect(
      write([{ ...first!, areaM2: -1 }, second!], {}, [second!.id]),
    ).rejects.toMatchObject({
      code: 'scenes-unusable',
      message: expect.stringMatching(/None of 2 .*: 1 are excluded, 1 are faulty; .*areaM2/u),
    });
    const file = await fileOf([first!]);
    const recipe = sceneRecipeSchema.parse({});
    const what = { read: [await readBoxes(file)], exclude: new ExcludeList([]), recipe };
    await expect(writeScenes({ ...what, folder: file }, logger)).rejects.toMatchObject({
      code: 'folder-not-empty',
    });
  });

  test('a camera that sees nothing is told', async () => {
    const [away, ...others] = MADE.slice(0, 3);
    // y up and z out of the picture, as OpenGL has it, from a corner outside.
    const matrix = [1, 0, 0, 0, 0, 0, -1, -9, 0, 1, 0, 1.4, 0, 0, 0, 1];
    const poses = [{ seconds: 0, cameraToWorld: matrix }];
    const camera = { width: 640, height: 480, fx: 400, poses };
    const { problems } = await write([{ ...away!, camera }, ...others]);
    expect(problems.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/camera of scene made\d+ sees none of its boxes/u),
    ]);
  });

  test('without a camera nothing is asked of what appears first; without a question nothing is written', async () => {
    const blind = makeScene(3, false);
    const { statistics } = await write([blind]);
    expect(statistics.kinds.find(({ kind }) => kind === 'appearance-order')).toMatchObject({
      questions: 0,
      offered: 0,
    });
    expect(statistics.questions).toBeGreaterThan(0);
    await expect(write([blind], { kinds: ['appearance-order'] })).rejects.toMatchObject({
      code: 'question-impossible',
    });
    await expect(write([{ ...blind, objects: [] }], { kinds: ['counting'] })).rejects.toThrow(
      /offer no question/u,
    );
  });
});

const present = existsSync(scans);
if (!present) console.log(`skipped: real scans are not at ${scans}`);
(present ? test : test.skip)(
  'real layouts are asked five kinds, and all rescans of a listed space are left out',
  async () => {
    const files = ['scannet', 'scannetpp'].map((name) => join(scans, `${name}_meta_info_val.json`));
    const read = await Promise.all(files.map((file) => readVsiMeta(file, '/videos')));
    const folder = join(await mkdtemp(join(tmpdir(), 'loci-scans-')), 'out');
    const recipe = sceneRecipeSchema.parse({ media: 'later', perScene: 2 });
    const exclude = new ExcludeList(['scene0277_00.mp4']);
    const { statistics, problems } = await writeScenes({ folder, read, exclude, recipe }, logger);
    expect(problems).toEqual([]);
    expect(statistics.scenes).toMatchObject({ given: 138, excluded: { listed: 0, sameSpace: 1 } });
    expect(statistics.kinds.filter(({ questions }) => questions > 100)).toHaveLength(5);
  },
);
