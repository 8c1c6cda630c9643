/**
 * Interpolates the learned positions of Qwen3-VL's tower, a square grid of vectors. Every patch mixes the four places around
 * it, its corners lying on the corners of the grid (bilinear interpolation with corners aligned).
 */
import type { EncodedMedia } from '@loci/core';
import type { DeclareInput, HostTensors } from '../../ops/host-tensor.ts';
import type { TensorOps } from '../../ops/tensor-ops.ts';
import { patchPositions } from '../parts/rotary.ts';

/** The corners of the cell that a patch lies in. */
const CORNERS = [0, 1, 2, 3] as const;

/** Lower place, upper place and distance from the lower one of a patch along one axis. */
function between(position: number, patches: number, side: number) {
  const at = patches === 1 ? 0 : Math.fround((position * (side - 1)) / (patches - 1));
  const lower = Math.floor(at);
  return { lower, upper: Math.min(lower + 1, side - 1), distance: at - lower };
}

/**
 * The places that each patch reads, and their weights.
 *
 * @param grids of all media, whose patches follow one another in stored order.
 * @param side places along a side of the grid of learned positions.
 */
export function positionTensors(
  grids: readonly EncodedMedia['grid'][],
  side: number,
  mergeSize: number,
): HostTensors {
  const ids = CORNERS.map((): number[] => []);
  const shares = CORNERS.map((): number[] => []);
  for (const grid of grids) {
    const [, height, width] = grid;
    const positions = patchPositions(grid, mergeSize);
    for (let patch = 0; 2 * patch < positions.length; patch++) {
      const row = between(positions[2 * patch]!, height, side);
      const column = between(positions[2 * patch + 1]!, width, side);
      CORNERS.forEach((corner) => {
        const [down, right] = [corner >= 2, corner % 2 === 1];
        const place = (down ? row.upper : row.lower) * side + (right ? column.upper : column.lower);
        ids[corner]!.push(place);
        shares[corner]!.push(
          (down ? row.distance : 1 - row.distance) *
            (right ? column.distance : 1 - column.distance),
        );
      });
    }
  }
  return Object.fromEntries(
    CORNERS.flatMap((corner) => [
      [
        `vision.place.${corner}`,
        { shape: [ids[corner]!.length], data: Int32Array.from(ids[corner]!) },
      ],
      [
        `vision.share.${corner}`,
        { shape: [ids[corner]!.length, 1], data: Float32Array.from(shares[corner]!) },
      ],
    ]),
  );
}

/** The position `[patches, width]` of every patch, from the table `[side², width]`. */
export function learnedPositions<T>(
  ops: TensorOps<T>,
  table: T,
  patches: number,
  declare: DeclareInput<T>,
): T {
  return CORNERS.map((corner) =>
    ops.multiply(
      ops.embed(table, declare(`vision.place.${corner}`, [patches], 'int32')),
      declare(`vision.share.${corner}`, [patches, 1], 'float32'),
    ),
  ).reduce((sum, part) => ops.add(sum, part));
}
