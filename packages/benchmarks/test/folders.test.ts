import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BenchmarkItem, ErasedPlugin } from '@loci/core';
import { describeBenchmarkContract } from '@loci/core/testing';
import { ALL_FORMATS, FilePathSource, Input } from 'mediabunny';
import sharp from 'sharp';
import {
  longVideoBench,
  sparBench,
  stiBench,
  tempCompass,
  videoMme,
  vsiBench,
} from '../src/index.ts';
import {
  writeLongVideoBenchFolder,
  writeSparFolder,
  writeStiFolder,
  writeTempCompassFolder,
  writeVideoMmeFolder,
  writeVsiFolder,
} from '../src/testing/index.ts';
import type { FixtureMedia } from '../src/testing/index.ts';
import { createBenchmark, itemsOf } from './support/create.ts';
import { tinyMedia } from './support/tiny-media.ts';

const scratch = mkdtempSync(join(tmpdir(), 'benchmarks-'));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Case {
  readonly name: string;
  readonly plugin: ErasedPlugin<'benchmark'>;
  readonly options?: object;
  write(folder: string, media: FixtureMedia): void;
  /** Scorers whose rules take an empty answer for a right one. */
  readonly emptyIsRight?: readonly string[];
}

const CASES: readonly Case[] = [
  { name: 'vsi-bench', plugin: vsiBench, write: writeVsiFolder },
  { name: 'sti-bench', plugin: stiBench, write: writeStiFolder },
  {
    name: 'spar-bench',
    plugin: sparBench,
    write: writeSparFolder,
    emptyIsRight: ['official', 'spacer-eval'],
  },
  { name: 'video-mme', plugin: videoMme, write: writeVideoMmeFolder },
  {
    name: 'video-mme-subtitles',
    plugin: videoMme,
    options: { subtitles: 'all' },
    write: writeVideoMmeFolder,
  },
  { name: 'tempcompass', plugin: tempCompass, write: writeTempCompassFolder },
  { name: 'longvideobench', plugin: longVideoBench, write: writeLongVideoBenchFolder },
  {
    name: 'longvideobench-interleaved',
    plugin: longVideoBench,
    options: { subtitles: 'interleaved' },
    write: writeLongVideoBenchFolder,
  },
];

beforeAll(async () => {
  const media = await tinyMedia(scratch);
  for (const { name, write } of CASES) write(join(scratch, name), media);
});

function optionsOf({ name, options }: Case, prompt: string): object {
  return { data: join(scratch, name), prompt, ...options };
}

function tagged(item: BenchmarkItem): string {
  return `<think>It was <answer>Z</answer> at first.</think><answer>${item.answer}</answer>`;
}

for (const one of CASES) {
  const rest = {
    goldJudgement: ({ answer }: BenchmarkItem) => `Reasoning: it says so.\nAnswer: ${answer}`,
    ...(one.emptyIsRight && { emptyIsRight: one.emptyIsRight }),
  };
  describeBenchmarkContract({
    name: `${one.name}, official`,
    create: () => createBenchmark(one.plugin, optionsOf(one, 'official')),
    gold: ({ answer }) => answer,
    ...rest,
  });
  describeBenchmarkContract({
    name: `${one.name}, thinking`,
    create: () => createBenchmark(one.plugin, optionsOf(one, 'thinking')),
    // SpaceR's reading takes the first tagged answer, wherever it stands.
    gold: (item) => tagged(item).replace('<answer>Z</answer>', 'Z'),
    ...rest,
  });
}

describe('what the items point at', () => {
  test.each(CASES.map((one) => [one.name, one] as const))('%s: can be opened', async (_, one) => {
    const items = await itemsOf(await createBenchmark(one.plugin, optionsOf(one, 'official')));
    const paths = new Map(
      items.flatMap(({ media }) => media.map(({ kind, path }) => [path, kind])),
    );
    expect(items.filter(({ missing }) => missing !== undefined)).toEqual([]);
    for (const [path, kind] of paths) {
      if (kind === 'image') {
        expect((await sharp(path).metadata()).width).toBe(64);
      } else {
        const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(path) });
        expect(await input.computeDuration()).toBeCloseTo(1, 1);
        input.dispose();
      }
    }
  });
});

test.each(CASES.map((one) => [one.name, one] as const))(
  '%s: published figures are of names that our tables have',
  async (_, one) => {
    const benchmark = await createBenchmark(one.plugin, optionsOf(one, 'official'));
    const [official] = benchmark.scorers;
    const rows = (await itemsOf(benchmark)).map((item) => ({
      item,
      verdict: official.score(item, { status: 'answered', output: item.answer }),
    }));
    const names = Object.values(official.aggregate(rows).sections).flatMap(Object.keys);
    const { chance, published } = benchmark.facts;
    expect(chance.length + published.length).toBeGreaterThan(5);
    for (const { percent, tasks = {} } of [...chance, ...published]) {
      expect(percent > 0 && percent < 100).toBe(true);
      expect(names).toEqual(expect.arrayContaining(Object.keys(tasks)));
    }
  },
);
