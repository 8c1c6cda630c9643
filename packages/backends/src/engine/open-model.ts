/** Opens a model folder for the policies on all engines, by their common settings. */
import type { Processor } from '@loci/core';
import { readModel } from '../models/index.ts';
import type { Architecture, TunedModel } from '../models/spec/model.ts';
import type { PositionRule } from '../models/spec/prompts.ts';
import { createProcessor } from './processor.ts';
import { openDiskFrameCache } from '@loci/media';
import type { FrameCache } from '@loci/media';
import { openTuning } from './open-tuning.ts';
import type { TuningSettings } from './open-tuning.ts';
import type { WeightStore } from '../weights/weight-store.ts';

/** The settings for opening a model; all but the folder have defaults. */
export interface ModelSettings extends TuningSettings {
  /** Folder in Hugging Face layout. */
  readonly model: string;
  /** Architectures that the folder may have besides those of Loci. Default: none. */
  readonly architectures?: readonly Architecture[] | undefined;
  /** Threads within an operation. Default: all cores. */
  readonly threads?: number | undefined;
  /** Position of the text after a video. Default: `4.49`, as SpaceR trained. */
  readonly positionRule?: PositionRule | undefined;
  /** Limit on the tokens of prompt and completion together. Default: the model's own limit. */
  readonly maxTokens?: number | undefined;
  /** Memory limit of one run with gradients; larger batches run in parts. Default: 1024. */
  readonly maxRunMegabytes?: number | undefined;
  /** The cache of decoded frames on disk. Default: in memory only. */
  readonly frameCache?: { readonly folder: string; readonly maxMegabytes: number } | undefined;
}

/** An open model folder. */
export interface OpenedModel {
  readonly tuned: TunedModel;
  readonly processor: Processor;
  /** Trained start weights, in arena order. The frozen ones are read when the engine takes them. */
  readonly trained: Float32Array;
  readonly store: WeightStore;
  readonly positionRule: PositionRule;
  readonly maxTokens: number;
  readonly maxRunBytes: number;
}

/**
 * Reads config, processor and the trained weights.
 *
 * @throws LociError `model-config`, `checkpoint-unreadable`, `checkpoint-mismatch`, `not-writable` for a cache of frames, those of
 * `openTuning` and of the processor.
 */
export async function openModel(settings: ModelSettings): Promise<OpenedModel> {
  const { model: folder, architectures, positionRule = '4.49', maxRunMegabytes = 1024 } = settings;
  const model = await readModel(folder, architectures);
  const limit = model.decoder.maxPositions;
  const maxTokens = Math.min(settings.maxTokens ?? limit, limit);
  const frameCache = settings.frameCache && (await openFrameCache(settings.frameCache, settings));
  const limits = { maxPromptTokens: maxTokens, frameCache };
  const processor = await createProcessor(folder, { ...limits, architectures });
  const { trained, store, ...tuned } = await openTuning(folder, model, settings);
  const maxRunBytes = maxRunMegabytes * 2 ** 20;
  return { tuned, processor, trained, store, positionRule, maxTokens, maxRunBytes };
}

function openFrameCache(
  { folder, maxMegabytes }: NonNullable<ModelSettings['frameCache']>,
  { warn = (message) => process.emitWarning(message) }: Pick<ModelSettings, 'warn'>,
): Promise<FrameCache> {
  return openDiskFrameCache({ folder, maxBytes: maxMegabytes * 2 ** 20, warn });
}
