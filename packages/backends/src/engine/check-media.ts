/** What is checked of the media of prompts, as core checks the rest: before anything is computed. */
import { LociError } from '@loci/core';
import type { EncodedPrompt } from '@loci/core';
import type { ModelConfig } from '../models/qwen2-5-vl/config.ts';
import { tokenPositions } from '../models/qwen2-5-vl/positions.ts';
import { patchValues } from '../models/qwen2-5-vl/vision-layout.ts';

/** @throws LociError `media-mismatch` when media do not fit the placeholders of their prompt, or patches their grid. */
export function checkMedia(prompts: readonly EncodedPrompt[], config: ModelConfig): void {
  for (const { tokenIds, media } of prompts) {
    tokenPositions(tokenIds, media, config);
    for (const { kind, grid, patches } of media) {
      const expected = grid[0] * grid[1] * grid[2] * patchValues(config.vision);
      if (patches.length === expected) continue;
      throw new LociError(
        'media-mismatch',
        `${kind} patches of the grid ${grid.join('×')} are ${expected} values for this model, not ${patches.length}`,
      );
    }
  }
}
