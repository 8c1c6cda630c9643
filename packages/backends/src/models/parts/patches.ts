/** Cuts frames into the rows that the vision tower's patch embedding takes. */
import type { EncodedMedia } from '@loci/core';
import type { VisionSizes } from '../spec/sizes.ts';
import type { Normalisation, Picture } from '@loci/media';

/** Normalized value of each level of a channel, in float32 as the processor computes it. */
function levels(mean: number, std: number): Float32Array {
  const shift = Math.fround(255 * mean);
  const scale = Math.fround(255 * std);
  return Float32Array.from({ length: 256 }, (_, level) => Math.fround(level - shift) / scale);
}

/**
 * Patches of a clip, `[t·h·w, channels · frames · size · size]`. Patches are ordered frame pair by frame pair and, within
 * one, by merge block; inside a patch the order is channel, frame, row, column. An odd last frame is repeated, so a still
 * image is its own second frame.
 *
 * @param frames at least one, all of one size, sides multiples of patch size · merge size.
 */
export function cutPatches(
  frames: readonly Picture[],
  vision: Pick<VisionSizes, 'patchSize' | 'mergeSize' | 'temporalPatchSize'>,
  { mean, std }: Normalisation,
): Pick<EncodedMedia, 'patches' | 'grid'> {
  const { patchSize: size, mergeSize: merge, temporalPatchSize: depth } = vision;
  const { width, height } = frames[0]!;
  const grid = [Math.ceil(frames.length / depth), height / size, width / size] as const;
  const [times, rows, columns] = grid;
  const tables = mean.map((value, channel) => levels(value, std[channel]!));
  const channels = tables.length;
  const patches = new Float32Array(times * rows * columns * channels * depth * size * size);
  let to = 0;
  for (let time = 0; time < times; time++) {
    for (let blockRow = 0; blockRow < rows; blockRow += merge) {
      for (let blockColumn = 0; blockColumn < columns; blockColumn += merge) {
        for (let inBlock = 0; inBlock < merge * merge; inBlock++) {
          const top = (blockRow + Math.floor(inBlock / merge)) * size;
          const left = (blockColumn + (inBlock % merge)) * size;
          for (let channel = 0; channel < channels; channel++) {
            const table = tables[channel]!;
            for (let frame = 0; frame < depth; frame++) {
              const { pixels } = frames[Math.min(time * depth + frame, frames.length - 1)]!;
              for (let y = top; y < top + size; y++) {
                let from = (y * width + left) * channels + channel;
                for (let x = 0; x < size; x++, from += channels)
                  patches[to++] = table[pixels[from]!]!;
              }
            }
          }
        }
      }
    }
  }
  return { patches, grid };
}
