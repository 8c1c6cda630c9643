/** The half of a model's prompts that is about frames: which are read, how large they are, and the patches that become of them. */
import type { ModelPrompts } from '../spec/prompts.ts';
import { createMediaEncoder } from './encode-media.ts';
import { cutPatches } from './patches.ts';
import { readFrameSettings, writeFrameSettings } from './preprocessor-files.ts';
import type { PreprocessorRules } from './preprocessor-files.ts';

/** What an architecture wants of frames. */
export interface FrameRules extends PreprocessorRules {
  /** Keys that transformers wants to find in the `preprocessor_config.json` of a folder that Loci writes. */
  readonly published: Readonly<Record<string, unknown>>;
}

/** What of a model's prompts is about frames. */
export type FramePrompts = Pick<
  ModelPrompts,
  'defaultFrames' | 'readFrameSettings' | 'writeFrameSettings' | 'mediaEncoder' | 'cutPatches'
>;

/** Prompts whose frames are cut into patches by merge block, as the towers of Qwen take them. */
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
