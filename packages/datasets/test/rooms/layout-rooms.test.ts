/** Layouts of scans as rooms: which fit, and where their things stand. */
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { askLayouts, layoutFiles } from '../../src/rooms/asked-layouts.ts';
import { CATEGORIES } from '../../src/rooms/catalogue.ts';
import { roomOfLayout } from '../../src/rooms/layout-rooms.ts';
import { QUESTION_KINDS } from '../../src/rooms/questions/all.ts';
import { rooms } from '../../src/rooms/rooms.ts';

const scans = resolve(import.meta.dirname, '../../../../../shared/data/scenes');
const OPTIONS = { maxInstances: 2, cameraPaths: ['walk-in', 'corner-pan'] } as const;

interface Thing {
  readonly category: string;
  readonly at: readonly [number, number];
  readonly size: readonly [number, number, number];
}

/** Things that stand on the floor of a scan that is turned by an angle. */
function boxesOf(things: readonly Thing[], angle = 0) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return things.map(({ category, at: [x, y], size }) => ({
    category,
    box: {
      centre: [cos * x - sin * y + 3, sin * x + cos * y - 1, size[2] / 2 + 0.2] as const,
      half: size.map((side) => side / 2) as [number, number, number],
      axes: [
        [cos, sin, 0],
        [-sin, cos, 0],
        [0, 0, 1],
      ] as const,
    },
  }));
}

const THINGS: readonly Thing[] = [
  { category: 'bed', at: [-1.4, 1.5], size: [1.5, 1.9, 0.5] },
  { category: 'table', at: [1.2, 1.6], size: [1.2, 0.8, 0.75] },
  { category: 'sofa', at: [0.2, 1.9], size: [1.0, 0.8, 0.8] },
  { category: 'door', at: [0, -2.2], size: [0.9, 0.1, 2] },
  { category: 'window', at: [0, 2.3], size: [4, 0.1, 1] },
];

const roomOf = (things: readonly Thing[], angle = 0) => {
  const found = roomOfLayout({ id: 'scan', objects: boxesOf(things, angle) }, OPTIONS, 1);
  return 'room' in found ? found.room : found.misfit;
};

describe('roomOfLayout', () => {
  test('furnishes a scan: the catalogue’s things alone, as large as they are, in the room of all', () => {
    const room = roomOf(THINGS);
    if (typeof room === 'string') throw new Error(room);
    expect(room.objects.map(({ category }) => category).sort()).toEqual(['bed', 'sofa', 'table']);
    expect([...room.size].sort()).toEqual([2.5, 4.2, 4.7]);
    const bed = room.objects.find(({ category }) => category === 'bed')!;
    expect([...bed.size].sort()).toEqual([0.5, 1.5, 1.9]);
    expect(bed.elevation).toBe(0);
    expect(room.decor).toEqual([]);
  });

  test('distances are those of the scan, however it is turned', () => {
    for (const angle of [0.3, 1.2, -2]) {
      const room = roomOf(THINGS, angle);
      if (typeof room === 'string') throw new Error(room);
      const at = (name: string) => room.objects.find(({ category }) => category === name)!.centre;
      const [bed, table] = [at('bed'), at('table')];
      expect(Math.hypot(bed[0] - table[0], bed[1] - table[1])).toBeCloseTo(2.602, 1);
    }
  });

  test('what does not fit says why', () => {
    const few = THINGS.filter(({ category }) => category !== 'sofa');
    expect(roomOf(few)).toBe('fewer than three categories');
    const crowd = [0, 1, 2].map((x): Thing => ({ category: 'sofa', at: [x, 0], size: [1, 1, 1] }));
    expect(roomOf([...few, ...crowd])).toBe('too many of one category');
    const far: Thing = { category: 'window', at: [9, 0], size: [0.1, 1, 1] };
    expect(roomOf([...THINGS, far])).toBe('too large for the grid');
    const filling: Thing = { category: 'lamp', at: [0, 0], size: [4, 4.4, 2] };
    expect(roomOf([...THINGS, filling])).toBe('too little is seen');
  });
});

test('a folder without layouts is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'loci-layouts-'));
  expect(() => layoutFiles(join(folder, 'none'))).toThrow(/no folder of layouts/u);
  expect(() => layoutFiles(folder)).toThrow(/no JSON file/u);
});

/** Writes one scan as VSI-Bench does. */
function fileOf(things: readonly Thing[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'loci-layouts-'));
  const object_bbox: Record<string, unknown[]> = {};
  for (const { category, box } of boxesOf(things)) {
    (object_bbox[category] ??= []).push({
      centroid: box.centre,
      axesLengths: box.half.map((side) => 2 * side),
      normalizedAxes: box.axes.flat(),
    });
  }
  const scan = { room_size: 16, dataset: 'scannet', object_bbox };
  writeFileSync(
    join(folder, 'scans.json'),
    JSON.stringify({ scene0001: scan, scene0002: { ...scan, object_bbox: {} } }),
  );
  return folder;
}

test('rooms films layouts to evaluate on, once, and generates rooms to train on', async () => {
  const lines: string[] = [];
  const logger = {
    info: (line: string) => lines.push(line),
    warn: (line: string) => lines.push(line),
  };
  const folder = mkdtempSync(join(tmpdir(), 'loci-filmed-'));
  const options = rooms.options.parse({
    ...{ folder, layouts: fileOf(THINGS), height: 32, width: 32, seconds: 1 },
    ...{ trainScenes: 1, cameraPaths: OPTIONS.cameraPaths },
  });
  const dataset = await rooms.create(options, { seed: 0, baseDirectory: '/', logger });
  const test = await dataset.open('test');
  expect(lines).toContain('rooms: 1 layouts are filmed; skipped: 1 fewer than three categories');
  const first = await test.at(0);
  expect(Object.keys(first.map!).every((category) => CATEGORIES.includes(category))).toBe(true);
  expect(existsSync(first.media[0]!.path)).toBe(true);
  const again = await dataset.open('test');
  expect(again.size).toBe(test.size);
  expect(readdirSync(folder)).toHaveLength(1);
  expect((await dataset.open('train')).size).toBe(3);
});

const present = existsSync(scans);
if (!present) console.log(`skipped: real scans are not at ${scans}`);
(present ? test : test.skip)('real scans: those that fit, and why the others do not', async () => {
  const { files } = layoutFiles(scans);
  const { rooms: fitting, skipped } = await askLayouts(
    files,
    {
      ...{ maxInstances: 2, cameraPaths: ['walk-in', 'corner-pan', 'wall-walk', 'arc'] },
      ...{ seed: 1, questionsPerScene: 6, kinds: QUESTION_KINDS },
    },
    { info: () => undefined, warn: () => undefined },
  );
  const counts = Object.fromEntries(skipped);
  const total = fitting.length + Object.values(counts).reduce((sum, count) => sum + count, 0);
  expect(total).toBe(138);
  expect({ fitting: fitting.length, ...counts }).toEqual({
    fitting: 31,
    'fewer than three categories': 88,
    'too many of one category': 12,
    'too large for the grid': 6,
    'too little is seen': 1,
  });
  for (const { scene } of fitting) {
    expect(new Set(scene.objects.map(({ category }) => category)).size).toBeGreaterThanOrEqual(3);
  }
});
