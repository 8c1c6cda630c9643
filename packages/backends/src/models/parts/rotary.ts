/** Computes rotary tables on the host from the positions of tokens or patches. Engines take the tables as inputs. */
import type { EncodedMedia } from '@loci/core';
import type { RotaryTable } from '../spec/prompts.ts';

/** Inverse frequencies `theta^(−2i / (2·count))`, in float32 as PyTorch computes them. */
function inverseFrequencies(count: number, theta: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) =>
    Math.fround(1 / Math.fround(theta ** Math.fround(index / count))),
  );
}

/**
 * Fills a table from the angles of its rows. Tables have thousands of rows, and every run makes some.
 *
 * @param turn writes the angles of a row into the given array, one for each frequency, which rounds them to float32.
 */
function rotaryTable(
  rows: number,
  frequencies: number,
  turn: (row: number, radians: Float32Array) => void,
): RotaryTable {
  const cos = new Float32Array(rows * frequencies);
  const sin = new Float32Array(rows * frequencies);
  const radians = new Float32Array(frequencies);
  for (let row = 0, at = 0; row < rows; row++) {
    turn(row, radians);
    for (let frequency = 0; frequency < frequencies; frequency++, at++) {
      cos[at] = Math.cos(radians[frequency]!);
      sin[at] = Math.sin(radians[frequency]!);
    }
  }
  return { cos, sin, rows, frequencies };
}

/**
 * Rotary tables `[tokens, frequencies]` of a decoder with multimodal positions (M-RoPE, arXiv 2409.12191, section 2.1).
 *
 * @param positions row-major `[3, tokens]`: temporal, vertical, horizontal.
 * @param axisOf the axis that each frequency turns with.
 */
export function decoderRotary(
  positions: Int32Array,
  axisOf: readonly number[],
  theta: number,
): RotaryTable {
  const rows = positions.length / 3;
  const inverse = inverseFrequencies(axisOf.length, theta);
  return rotaryTable(rows, axisOf.length, (row, radians) => {
    for (let frequency = 0; frequency < radians.length; frequency++) {
      radians[frequency] = positions[axisOf[frequency]! * rows + row]! * inverse[frequency]!;
    }
  });
}

/**
 * Row and column of every patch of a medium, row-major `[patches, 2]`, in the order in which patches are stored: frame by
 * frame, and within a frame by merge block.
 */
export function patchPositions(grid: EncodedMedia['grid'], mergeSize: number): Int32Array {
  const [frames, height, width] = grid;
  const positions = new Int32Array(2 * frames * height * width);
  let at = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let blockRow = 0; blockRow < height; blockRow += mergeSize) {
      for (let blockColumn = 0; blockColumn < width; blockColumn += mergeSize) {
        for (let inBlock = 0; inBlock < mergeSize * mergeSize; inBlock++) {
          positions[at++] = blockRow + Math.floor(inBlock / mergeSize);
          positions[at++] = blockColumn + (inBlock % mergeSize);
        }
      }
    }
  }
  return positions;
}

/** Base of the frequencies of Qwen's towers; configs with another one are rejected. */
const TOWER_THETA = 10000;

/** The sizes that the rotary tables of a tower depend on. */
export interface TowerHeads {
  readonly hiddenSize: number;
  readonly heads: number;
  readonly mergeSize: number;
}

/**
 * Rotary tables `[patches, headDim / 2]` of a vision tower for one medium, patches in stored order: the first half of the
 * frequencies turns with the row, the second with the column.
 */
export function towerRotary(
  grid: EncodedMedia['grid'],
  { hiddenSize, heads, mergeSize }: TowerHeads,
): RotaryTable {
  const positions = patchPositions(grid, mergeSize);
  const perAxis = hiddenSize / heads / 4;
  const inverse = inverseFrequencies(perAxis, TOWER_THETA);
  return rotaryTable(positions.length / 2, 2 * perAxis, (patch, radians) => {
    for (let step = 0; step < perAxis; step++) {
      radians[step] = positions[2 * patch]! * inverse[step]!;
      radians[perAxis + step] = positions[2 * patch + 1]! * inverse[step]!;
    }
  });
}
