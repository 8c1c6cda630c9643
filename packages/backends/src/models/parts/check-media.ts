/** Checks the media of prompts before anything is computed, as core checks the rest. */
import { LociError } from '@loci/core';
import type { EncodedPrompt } from '@loci/core';
import type { ModelPrompts } from '../spec/prompts.ts';
import { patchValues } from '../spec/sizes.ts';
import type { VisionSizes } from '../spec/sizes.ts';

/** @throws LociError `media-mismatch` when media do not fit the placeholders of their prompt, or patches their grid. */
export function checkMedia(
  encoded: readonly EncodedPrompt[],
  { positions }: Pick<ModelPrompts, 'positions'>,
  vision: VisionSizes,
): void {
  for (const { tokenIds, media } of encoded) {
    positions(tokenIds, media, '4.49');
    for (const { kind, grid, patches } of media) {
      const expected = grid[0] * grid[1] * grid[2] * patchValues(vision);
      if (patches.length === expected) continue;
      throw new LociError(
        'media-mismatch',
        `${kind} patches of the grid ${grid.join('×')} have ${expected} values in this model, not ${patches.length}`,
      );
    }
  }
}
