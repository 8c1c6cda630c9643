/** Prompts of the parity fixture's cases, as a policy takes them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodedMedia, EncodedPrompt } from '@loci/core';
import { readModel } from '../../src/models/index.ts';
import { openCheckpoint } from '../../src/weights/safetensors.ts';
import { mergedTokens } from '../../src/models/spec/sizes.ts';
import { parityFolder } from './parity-fixture.ts';

/** A case: one prompt a row, padding cut off, and the arrays of the reference by name. */
export interface FixtureCase {
  readonly prompts: readonly EncodedPrompt[];
  readonly floats: (name: string) => Promise<Float32Array>;
  readonly integers: (name: string) => Promise<Int32Array>;
  close(): Promise<void>;
}

/** Reads a case of the fixture, its media with it. */
export async function readFixtureCase(name: string): Promise<FixtureCase> {
  const model = await readModel(parityFolder);
  const facts = JSON.parse(await readFile(join(parityFolder, 'parity.json'), 'utf8'));
  const arrays = await openCheckpoint(join(parityFolder, 'parity.safetensors'));
  const pixels = await openCheckpoint(join(parityFolder, 'preprocess.safetensors'));
  const at = (array: string) => `case/${name}/${array}`;
  const integers = async (array: string) => (await arrays.readIntegers(at(array))) as Int32Array;
  const [rows, length] = arrays.entries.get(at('input_ids'))!.shape as [number, number];
  const ids = await integers('input_ids');
  const mask = await integers('attention_mask');
  const seconds = arrays.entries.has(at('second_per_grid_ts'))
    ? [...(await arrays.readFloats(at('second_per_grid_ts')))]
    : [];
  const queues = {
    image: [...(facts.cases[name].vision.images ?? [])] as string[],
    video: [...(facts.cases[name].vision.videos ?? [])] as string[],
  };
  const take = async (kind: EncodedMedia['kind']): Promise<EncodedMedia> => {
    const stem = `preprocess/${queues[kind].shift()}`;
    const [time, height, width] = await pixels.readIntegers(`${stem}/${kind}_grid_thw`);
    return {
      kind,
      grid: [time!, height!, width!],
      patches: await pixels.readFloats(`${stem}/pixel_values${kind === 'video' ? '_videos' : ''}`),
      secondsPerGrid: kind === 'video' ? (seconds.shift() ?? 1) : 0,
    };
  };
  const prompts: EncodedPrompt[] = [];
  for (let row = 0; row < rows; row++) {
    const padding = mask.subarray(row * length, (row + 1) * length).indexOf(1);
    const tokenIds = ids.slice(row * length + padding, (row + 1) * length);
    const media: EncodedMedia[] = [];
    for (let index = 0; index < tokenIds.length;) {
      const id = tokenIds[index];
      if (id !== model.tokens.image && id !== model.tokens.video) {
        index++;
        continue;
      }
      const medium = await take(id === model.tokens.video ? 'video' : 'image');
      media.push(medium);
      index += mergedTokens(medium.grid, model.vision.mergeSize);
    }
    prompts.push({ tokenIds, media });
  }
  await pixels.close();
  return {
    prompts,
    integers,
    floats: (array) => arrays.readFloats(at(array)),
    close: () => arrays.close(),
  };
}
