/**
 * `nx run backends:bench-media [-- --rounds 5]`: times the way from video files to patches by stage and clip, and the savings by the caches
 * of frames. Machines are noisy: compare what was measured in turn.
 */
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EVALUATION_FRAMES } from '@loci/core';
import type { FrameSelection } from '@loci/core';
import {
  clipBytes,
  createFrameCache,
  createFrameReader,
  decodeVideo,
  DEFAULT_FRAME_SETTINGS,
  openDiskFrameCache,
  resizePicture,
  selectFrames,
  trainingFrameIndices,
} from '@loci/media';
import type { Clip, VideoFacts } from '@loci/media';
import { cutPatches } from '../models/parts/patches.ts';
import { BENCH_CLIPS, writeBenchClip } from './media-clips.ts';
import type { BenchClip } from './media-clips.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const ROUNDS = Number(values.rounds);

const VISION = { patchSize: 14, mergeSize: 2, temporalPatchSize: 2 } as const;
const FACTOR = VISION.patchSize * VISION.mergeSize;

const line = (...columns: readonly (string | number)[]) =>
  process.stdout.write(
    `${columns.map((text, index) => (index === 0 ? String(text).padEnd(26) : String(text).padStart(12))).join('')}\n`,
  );

/** The cost of a piece of work, in milliseconds. */
interface Cost {
  readonly elapsed: number;
  /** Of all threads together: other work on the machine disturbs it less. */
  readonly cpu: number;
}

/** The least cost over some rounds, without the first call. */
async function time<T>(work: () => Promise<T> | T): Promise<Cost & { readonly result: T }> {
  let result = await work();
  let [elapsed, cpu] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const before = process.cpuUsage();
    result = await work();
    const { user, system } = process.cpuUsage(before);
    elapsed = Math.min(elapsed, performance.now() - start);
    cpu = Math.min(cpu, (user + system) / 1000);
  }
  return { elapsed, cpu, result };
}

/** How the frames of a clip are chosen: as in training, or as in an evaluation. */
type Choice = FrameSelection | undefined;

async function timeStages(clip: BenchClip, path: string, selection: Choice): Promise<void> {
  const choose = (facts: VideoFacts) =>
    selection ? selectFrames(facts, selection) : trainingFrameIndices(facts.totalFrames, facts.fps);
  const read = createFrameReader(DEFAULT_FRAME_SETTINGS, FACTOR, createFrameCache(0));
  const { frames } = await read({ kind: 'video', path }, selection);
  const { width, height } = frames[0]!;
  const decoded = await time(() => decodeVideo(path, choose));
  const scaled = await time(() =>
    decoded.result.map((frame) => resizePicture(frame, width, height)),
  );
  const cut = await time(() =>
    cutPatches(scaled.result, VISION, DEFAULT_FRAME_SETTINGS.normalisation),
  );
  const elapsed = decoded.elapsed + scaled.elapsed + cut.elapsed;
  line(
    `${clip.name}, ${selection ? 'evaluation' : 'training'}`,
    `${clip.width}×${clip.height}`,
    `${frames.length}/${clip.fps * clip.seconds}`,
    `${width}×${height}`,
    decoded.cpu.toFixed(1),
    scaled.cpu.toFixed(1),
    cut.cpu.toFixed(1),
    elapsed.toFixed(1),
    Math.round((1000 * frames.length) / elapsed),
  );
}

async function timeCaches(folder: string, path: string): Promise<void> {
  const media = { kind: 'video', path } as const;
  let clip: Clip | undefined;
  const show = async (label: string, work: () => Promise<Clip>) => {
    const { elapsed, cpu, result } = await time(work);
    clip = result;
    const perSecond = Math.round((1000 * result.frames.length) / elapsed);
    line(label, cpu.toFixed(2), elapsed.toFixed(2), perSecond);
  };
  const options = {
    maxBytes: 2 ** 30,
    warn: (message: string) => process.stderr.write(`${message}\n`),
  };
  const none = createFrameReader(DEFAULT_FRAME_SETTINGS, FACTOR, createFrameCache(0));
  await show('without a cache', () => none(media));
  let turn = 0;
  await show('miss, and kept on disk', async () => {
    const cache = await openDiskFrameCache({ ...options, folder: join(folder, `${turn++}`) });
    return createFrameReader(DEFAULT_FRAME_SETTINGS, FACTOR, cache)(media);
  });
  const disk = await openDiskFrameCache({ ...options, folder: join(folder, 'disk') });
  const kept = createFrameReader(DEFAULT_FRAME_SETTINGS, FACTOR, disk);
  await show('hit on disk', () => kept(media));
  const memory = createFrameReader(DEFAULT_FRAME_SETTINGS, FACTOR, createFrameCache(2 ** 30));
  await show('hit in memory', () => memory(media));
  line('bytes kept', (clipBytes(clip!) / 2 ** 20).toFixed(2), 'MiB');
}

const folder = await mkdtemp(join(tmpdir(), 'loci-bench-media-'));
try {
  await mkdir(join(folder, 'cache'));
  line(
    ...['ms a clip, least', 'file', 'frames', 'scaled'],
    ...['decode CPU', 'scale CPU', 'patches CPU', 'elapsed', 'frames/s'],
  );
  let walk: string | undefined;
  for (const clip of BENCH_CLIPS) {
    const path = await writeBenchClip(folder, clip);
    if ((await stat(path)).size === 0) throw new Error(`${path} was not written`);
    await timeStages(clip, path, undefined);
    if (clip.name === 'walk h264') await timeStages(clip, path, EVALUATION_FRAMES);
    if (clip.name === 'walk h264') walk = path;
  }
  line();
  line('walk h264, training', 'CPU', 'elapsed', 'frames/s');
  await timeCaches(join(folder, 'cache'), walk!);
} finally {
  await rm(folder, { recursive: true, force: true });
}
