/** Implements the frame part of a model's prompts: which frames are read, at what size, and how they are cut into patches. */
import type { ModelPrompts } from '../spec/prompts.ts';
import { createMediaEncoder } from './encode-media.ts';
import { cutPatches } from './patches.ts';
import { readFrameSettings, writeFrameSettings } from './preprocessor-files.ts';
import type { PreprocessorRules } from './preprocessor-files.ts';

/** The frame settings and rules of an architecture. */
export interface FrameRules extends PreprocessorRules {
  /** Keys for transformers in the `preprocessor_config.json` of a folder that Loci writes. */
  readonly published: Readonly<Record<string, unknown>>;
}

/** The frame part of a model's prompts. */
export type FramePrompts = Pick<
  ModelPrompts,
  'defaultFrames' | 'readFrameSettings' | 'writeFrameSettings' | 'mediaEncoder' | 'cutPatches'
>;

/** Cuts frames into patches by merge block, as the towers of Qwen take them. */
export function framePrompts({ published, ...rules }: FrameRules): FramePrompts {
  const { defaults, vision } = rules;
  return {
    defaultFrames: defaults,
    readFrameSettings: (folder) => readFrameSettings(folder, rules),
    writeFrameSettings: (folder, settings) => writeFrameSettings(folder, settings, published),
    mediaEncoder: (settings, cache) => createMediaEncoder(vision, settings, cache),
    cutPatches: (frames, { normalisation }) => cutPatches(frames, vision, normalisation),
  };
}
