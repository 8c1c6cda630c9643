/** Reads a parity folder: the arrays, the facts about them, and the cases as a policy takes them. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mergedTokens, openCheckpoint, readModel } from '@loci/backends/internal';
import type { Checkpoint, Model } from '@loci/backends/internal';
import type { EncodedMedia, EncodedPrompt } from '@loci/core';
import { z } from 'zod';

const media = z.object({
  images: z.array(z.string()).default([]),
  videos: z.array(z.string()).default([]),
});

const variant = z.object({
  loss_type: z.enum(['grpo', 'bnpo', 'dr_grpo']),
  beta: z.number(),
  eps_low: z.number(),
  eps_high: z.number(),
  kl_clamp: z.number().nullish(),
  old: z.string(),
  ref: z.string(),
  max_completion_length: z.number().optional(),
  loss: z.number(),
  mean_kl: z.number(),
  clip_fraction: z.number(),
  grad_global_norm: z.number(),
  grad_norms: z.record(z.string(), z.number()).optional(),
});

const facts = z.object({
  cases: z.record(z.string(), z.object({ vision: media })).default({}),
  preprocess: z
    .record(
      z.string(),
      z.object({
        kind: z.enum(['video', 'image']),
        min_pixels: z.number(),
        max_pixels: z.number(),
      }),
    )
    .default({}),
  // Variants are parsed one by one, so that one of an unknown kind fails alone.
  grpo: z.object({ vision: media, variants: z.record(z.string(), z.unknown()) }).optional(),
  lora: z.unknown().optional(),
});

/** Names of the pixel arrays of a case, in the order in which they occur. */
export type MediaNames = z.infer<typeof media>;

/** Settings and expected figures of a GRPO variant. */
export type GrpoVariant = z.infer<typeof variant>;

function parse<Output>(schema: z.ZodType<Output>, json: unknown, what: string): Output {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `"${path.join('.')}": ${message}`);
  throw new Error(`${what} of parity.json cannot be used. ${issues.join('; ')}`);
}

/** Reads what `parity.json` says of a variant. @param name of it. @throws Error naming the field. */
export function parseVariant(json: unknown, name: string): GrpoVariant {
  return parse(variant, json, name);
}

/** An open parity folder. */
export interface Fixture {
  readonly folder: string;
  readonly model: Model;
  readonly facts: z.infer<typeof facts>;
  readonly arrays: Checkpoint;
  readonly pixels: Checkpoint;
  /** Arrays of either file that nothing has read so far. */
  unread(): readonly string[];
  close(): Promise<void>;
}

/** A checkpoint that notes which of its arrays have been read. */
function watched(checkpoint: Checkpoint, read: Set<string>): Checkpoint {
  const note = (name: string) => {
    read.add(name);
    return name;
  };
  return {
    ...checkpoint,
    readFloats: (name, target) => checkpoint.readFloats(note(name), target),
    readIntegers: (name) => checkpoint.readIntegers(note(name)),
  };
}

/** Stands for a file that the folder lacks. */
const EMPTY: Checkpoint = {
  path: '',
  entries: new Map(),
  metadata: {},
  readFloats: (name) => Promise.reject(new Error(`there is no array "${name}"`)),
  readIntegers: (name) => Promise.reject(new Error(`there is no array "${name}"`)),
  close: () => Promise.resolve(),
};

/** Opens a folder laid out like the reference set. */
export async function openFixture(folder: string): Promise<Fixture> {
  const json: unknown = JSON.parse(await readFile(join(folder, 'parity.json'), 'utf8'));
  const read = new Set<string>();
  const opened = async (file: string) => watched(await openCheckpoint(join(folder, file)), read);
  const arrays = await opened('parity.safetensors');
  const hasPixels = existsSync(join(folder, 'preprocess.safetensors'));
  const pixels = hasPixels ? await opened('preprocess.safetensors') : EMPTY;
  return {
    folder,
    model: await readModel(folder),
    facts: parse(facts, json, 'the content'),
    arrays,
    pixels,
    unread: () =>
      [...arrays.entries.keys(), ...pixels.entries.keys()].filter((name) => !read.has(name)),
    close: async () => {
      await arrays.close();
      await pixels.close();
    },
  };
}

/** An int32 array of the fixture. */
export async function integers(checkpoint: Checkpoint, name: string): Promise<Int32Array> {
  return Int32Array.from(await checkpoint.readIntegers(name));
}

/** A medium as the reference's processor left it. */
async function storedMedium(
  { pixels }: Fixture,
  kind: EncodedMedia['kind'],
  name: string,
  secondsPerGrid: number,
): Promise<EncodedMedia> {
  const grid = await integers(pixels, `preprocess/${name}/${kind}_grid_thw`);
  const array = kind === 'image' ? 'pixel_values' : 'pixel_values_videos';
  return {
    kind,
    patches: await pixels.readFloats(`preprocess/${name}/${array}`),
    grid: [grid[0]!, grid[1]!, grid[2]!],
    secondsPerGrid,
  };
}

/** The media of a case, images and videos apart, in their order; a second per grid row where no time is stored. */
export async function caseMedia(
  fixture: Fixture,
  prefix: string,
  names: MediaNames,
): Promise<{ readonly images: EncodedMedia[]; readonly videos: EncodedMedia[] }> {
  const times = `${prefix}/second_per_grid_ts`;
  const seconds = fixture.arrays.entries.has(times)
    ? await fixture.arrays.readFloats(times)
    : new Float32Array(names.videos.length).fill(1);
  return {
    images: await Promise.all(names.images.map((name) => storedMedium(fixture, 'image', name, 0))),
    videos: await Promise.all(
      names.videos.map((name, index) => storedMedium(fixture, 'video', name, seconds[index]!)),
    ),
  };
}

/** Puts media into prompts in the order in which their placeholders occur, row after row. */
export function promptsOf(
  rows: readonly Int32Array[],
  { images, videos }: { readonly images: EncodedMedia[]; readonly videos: EncodedMedia[] },
  { tokens, vision }: Model,
): EncodedPrompt[] {
  const waiting = { image: [...images], video: [...videos] };
  return rows.map((tokenIds) => {
    const own: EncodedMedia[] = [];
    // A medium may be several runs of placeholders with text between them.
    let left = 0;
    for (const id of tokenIds) {
      const kind = id === tokens.image ? 'image' : id === tokens.video ? 'video' : undefined;
      if (kind === undefined) continue;
      const medium = left === 0 ? waiting[kind].shift() : undefined;
      if (medium) {
        own.push(medium);
        left = mergedTokens(medium.grid, vision.mergeSize);
      }
      left = Math.max(0, left - 1);
    }
    return { tokenIds, media: own };
  });
}

/** A case of the fixture: prompts without their padding. */
export interface ParityCase {
  readonly name: string;
  readonly prefix: string;
  readonly prompts: readonly EncodedPrompt[];
  /** Padding before each prompt. */
  readonly padding: readonly number[];
  /** Length of the padded prompts. */
  readonly length: number;
  readonly completions: readonly Int32Array[];
  readonly media: { readonly images: EncodedMedia[]; readonly videos: EncodedMedia[] };
}

/** Reads a case. */
export async function readCase(fixture: Fixture, name: string): Promise<ParityCase> {
  const prefix = `case/${name}`;
  const { arrays, model, facts: known } = fixture;
  const ids = await integers(arrays, `${prefix}/input_ids`);
  const mask = await integers(arrays, `${prefix}/attention_mask`);
  const [rows, length] = arrays.entries.get(`${prefix}/input_ids`)!.shape as [number, number];
  const completions = `${prefix}/completion_ids`;
  const given = arrays.entries.has(completions)
    ? await integers(arrays, completions)
    : new Int32Array();
  const width = given.length / rows;
  const range = Array.from({ length: rows }, (_, row) => row);
  const padding = range.map((row) => mask.subarray(row * length, (row + 1) * length).indexOf(1));
  const media = await caseMedia(fixture, prefix, known.cases[name]!.vision);
  return {
    name,
    prefix,
    length,
    padding,
    media,
    completions: range.map((row) => given.slice(row * width, (row + 1) * width)),
    prompts: promptsOf(
      range.map((row) => ids.slice(row * length + padding[row]!, (row + 1) * length)),
      media,
      model,
    ),
  };
}
