import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { boxesJsonSchema, readBoxes } from '../../src/annotated/boxes-file.ts';
import { readVsiMeta } from '../../src/annotated/vsi-meta-file.ts';
import { cameraToWorld, makeScene } from '../scenes/made-scenes.ts';

const DOCS = resolve(import.meta.dirname, '../../../../docs');

async function fileOf(content: unknown): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'loci-boxes-')), 'scenes.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const CHAIR = { category: ' Office_Chair ', centre: [1, 2, 0.5], size: [0.6, 0.4, 1] };
const SCENE = { id: 'one', video: 'videos/one.mp4', objects: [CHAIR] };

describe('readBoxes', () => {
  test('reads scenes as they are described', async () => {
    const turned = { ...CHAIR, yawDegrees: 90 };
    const file = await fileOf({ scenes: [{ ...SCENE, objects: [CHAIR, turned] }] });
    const { scenes, problems } = await readBoxes(file);
    expect(problems).toEqual([]);
    const [{ id, source, video, objects, occluders, camera } = {} as never] = scenes;
    expect({ id, source, occluders, camera }).toEqual({
      id: 'one',
      source: 'boxes',
      occluders: [],
    });
    expect(video).toBe(join(file, '../videos/one.mp4'));
    expect(objects[0]).toMatchObject({ category: 'office chair', box: { half: [0.3, 0.2, 0.5] } });
    expect(objects[1]!.box.axes[0][0]).toBeCloseTo(0);
    expect(objects[1]!.box.axes[0][1]).toBeCloseTo(1);
  });

  test('poses that are not known are passed over', async () => {
    const poses = [
      { seconds: 0, cameraToWorld: null },
      { seconds: 1, cameraToWorld: cameraToWorld([1, 2, 3], 90) },
    ];
    const camera = { width: 64, height: 48, fx: 50, seconds: 4, poses };
    const { scenes } = await readBoxes(await fileOf({ scenes: [{ ...SCENE, camera }] }));
    expect(scenes[0]!.camera).toMatchObject({ focal: [50, 50], centre: [32, 24], seconds: 4 });
    expect(scenes[0]!.camera!.poses).toHaveLength(1);
    expect(scenes[0]!.camera!.poses[0]!.eye).toEqual([1, 2, 3]);
    expect(scenes[0]!.camera!.poses[0]!.axes[2][1]).toBeCloseTo(1);
  });

  test('a scene that is wrong is named with what is wrong, and the others are read', async () => {
    const camera = (poses: readonly unknown[]) => ({ width: 64, height: 48, fx: 50, poses });
    const wrong = [
      [{ ...SCENE, id: 'a/b' }, /scene a\/b: id/u],
      [
        { ...SCENE, id: 'flat', objects: [{ ...CHAIR, size: [1, 0, 1] }] },
        /flat: objects\.0\.size\.1/u,
      ],
      [{ ...SCENE, id: 'both', objects: [{ ...CHAIR, yawDegrees: 1, axes: [1, 0, 0, 0, 1, 0, 0, 0, 1] }] }, /both: .*either/u], // prettier-ignore
      [{ ...SCENE, id: 'skew', objects: [{ ...CHAIR, axes: [1, 0, 0, 1, 0, 0, 0, 0, 1] }] }, /skew: .*right angles/u], // prettier-ignore
      [
        { ...SCENE, id: 'lost', camera: camera([{ seconds: 0, cameraToWorld: null }]) },
        /lost: .*no pose/u,
      ],
      [{ ...SCENE, id: 'back', camera: camera([1, 0].map((seconds) => ({ seconds, cameraToWorld: cameraToWorld([0, 0, 0], 0) }))) }, /back: .*order of time/u], // prettier-ignore
      [{ ...SCENE, id: 'spelt', color: 'red' }, /spelt: .*color/u],
      [{ ...SCENE, id: 'mm', objects: [{ ...CHAIR, size: [600, 400, 1000] }] }, /mm: half .* longer than 1000: lengths are in meters/u], // prettier-ignore
      [{ ...SCENE, id: 'unit', objects: [{ ...CHAIR, size: [0.006, 0.004, 0.01] }] }, /unit: .* shorter than 0\.01:/u], // prettier-ignore
      [{ ...SCENE, id: 'mirror', camera: camera([{ seconds: 0, cameraToWorld: [-1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1] }]) }, /mirror: .*at 0 s are mirrored/u], // prettier-ignore
      [{ ...SCENE, id: 'turned', camera: camera([{ seconds: 0, cameraToWorld: [1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 1, 2, 3, 1] }]) }, /turned: .*row by row/u], // prettier-ignore
      [null, /scene number 12: /u],
    ] as const;
    const file = await fileOf({ scenes: [...wrong.map(([scene]) => scene), SCENE] });
    const { scenes, problems } = await readBoxes(file);
    expect(scenes.map(({ id }) => id)).toEqual(['one']);
    expect(problems.map(({ reason }) => reason)).toEqual(
      wrong.map(([, reason]) => expect.stringMatching(reason)),
    );
  });

  test('a byte order mark is passed over', async () => {
    const { scenes } = await readBoxes(
      await fileOf(`\uFEFF${JSON.stringify({ scenes: [SCENE] })}`),
    );
    expect(scenes).toHaveLength(1);
  });

  test('a file of another form is refused by name', async () => {
    await expect(readBoxes(await fileOf([SCENE]))).rejects.toThrow(/: .*expected object.*array$/u);
    await expect(readBoxes(await fileOf('{'))).rejects.toThrow(
      /scenes\.json is no file of scenes/u,
    );
    await expect(readBoxes(await fileOf({ one: SCENE }))).rejects.toThrow(/a list "scenes"/u);
    await expect(readBoxes('/nowhere/scenes.json')).rejects.toMatchObject({
      code: 'scenes-unreadable',
    });
  });
});

describe('docs/scene-annotations.md', () => {
  test('the example on the page is read without a complaint', async () => {
    const page = readFileSync(join(DOCS, 'scene-annotations.md'), 'utf8');
    const [, example = ''] = /```json\n(.*?)```/su.exec(page) ?? [];
    const { scenes, problems } = await readBoxes(await fileOf(example));
    expect(problems).toEqual([]);
    expect(scenes[0]!.camera!.poses.length).toBeGreaterThan(0);
  });

  test('the JSON schema beside it is that of the reader (LOCI_UPDATE=1 writes it)', () => {
    const file = join(DOCS, 'scene-annotations.schema.json');
    const text = `${JSON.stringify(boxesJsonSchema(), undefined, 2)}\n`;
    if (process.env['LOCI_UPDATE'] === '1') writeFileSync(file, text);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(text));
  });
});

test('layouts of VSI-Bench become scenes; one of another form is named', async () => {
  const { objects } = makeScene(1);
  const entry = ({ centre, size }: (typeof objects)[number]) => ({
    centroid: centre,
    axesLengths: size,
    normalizedAxes: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    min: [0, 0, 0],
    max: [1, 1, 1],
  });
  const layout = {
    room_size: 20,
    dataset: 'scannet',
    object_bbox: { 'trash bin': objects.map(entry) },
  };
  const withBox = (change: object) => ({
    ...layout,
    object_bbox: { bin: [{ ...entry(objects[0]!), ...change }] },
  });
  const file = await fileOf({
    scene0001_00: layout,
    scene0002_00: { ...layout, room_size: 'large' },
    scene0003_00: { room_size: 20, dataset: 'scannet', object_bboxes: layout.object_bbox },
    scene0004_00: { room_size: 20, dataset: 'scannet' },
    scene0005_00: withBox({ axesLengths: [1, -1, 1] }),
    scene0006_00: withBox({ normalizedAxes: [0, 0, 0, 0, 0, 0, 0, 0, 0] }),
    scene0007_00: withBox({ axesLengths: [100, 50, 50] }),
  });
  const { scenes, problems } = await readVsiMeta(file, '/videos');
  expect(scenes[0]).toMatchObject({ id: 'scene0001_00', source: 'scannet', areaM2: 20 });
  expect(scenes[0]!.video).toBe('/videos/scannet/scene0001_00.mp4');
  expect(scenes[0]!.objects[0]!.box.half).toEqual(objects[0]!.size.map((side) => side / 2));
  expect(scenes[1]!.objects).toEqual(scenes[0]!.objects);
  expect(problems.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/scene0002_00: room_size/u),
    expect.stringMatching(/scene0004_00: object_bbox: missing/u),
    expect.stringMatching(/scene0005_00: object_bbox\.bin\.0\.axesLengths\.1: Too small/u),
    expect.stringMatching(/scene0006_00: normalizedAxes of a box are not three unit vectors/u),
    expect.stringMatching(/scene0007_00: .* longer than 100: lengths are in meters/u),
  ]);
});

test.each(['../one.mp4', '/videos/one.mp4', 'videos/../../one.mp4'])(
  'a video at %s is a problem of its scene unless it is allowed',
  async (video) => {
    const file = await fileOf({ scenes: [{ ...SCENE, video }] });
    const { scenes, problems } = await readBoxes(file);
    expect(scenes).toEqual([]);
    expect(problems[0]!.reason).toContain('--allow-outside');
    expect((await readBoxes(file, { allowOutside: true })).scenes).toHaveLength(1);
  },
);
