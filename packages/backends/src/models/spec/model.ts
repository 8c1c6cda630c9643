/**
 * Defines the contract of a model. Engines, decoders, policies, LoRA, checkpoints, pretraining and tools use a model only through these
 * types; `models/index.ts` has the table of architectures, and each has a folder of its own beside it.
 */
import type { Tuning } from '../../ops/tuning.ts';
import type { SpecialTokenIds } from '../../text/special-tokens.ts';
import type { ModelBatches } from './batches.ts';
import type { ModelGraphs } from './graphs.ts';
import type { ModelPrompts } from './prompts.ts';
import type { DecoderSizes, FreshSizes, VisionSizes } from './sizes.ts';
import type { ModelParameters } from './weights.ts';

/** A model: an architecture with the sizes of one `config.json`. It holds no weights. */
export interface Model {
  /** `model_type` of its `config.json`. */
  readonly modelType: string;
  /** Name of the architecture in texts: `Qwen2.5-VL`. */
  readonly title: string;
  /** Content of a `config.json` that makes the same model again. Plain data, so that another thread can make the same model. */
  readonly configJson: Readonly<Record<string, unknown>>;
  readonly decoder: DecoderSizes;
  readonly vision: VisionSizes;
  readonly tokens: SpecialTokenIds;
  readonly parameters: ModelParameters;
  readonly prompts: ModelPrompts;
  readonly batches: ModelBatches;
  readonly graphs: ModelGraphs;
}

/** A model with its tuning; without one everything is trained. */
export interface TunedModel {
  readonly model: Model;
  readonly tuning?: Tuning | undefined;
}

/** A model that is trained in part. */
export type PartlyTrained = TunedModel & { readonly tuning: Tuning };

/** The values that a fresh model takes from its tokenizer. */
export interface Vocabulary {
  readonly vocabularySize: number;
  readonly tokens: SpecialTokenIds;
}

/** A kind of model, chosen by `model_type`. */
export interface Architecture {
  /** `model_type` in `config.json`. */
  readonly modelType: string;
  /** Its name on a command line: `qwen2-5-vl`. */
  readonly name: string;
  /** Its name in texts: `Qwen2.5-VL`. */
  readonly title: string;
  /**
   * Reads the content of a `config.json`. Keys with a default in transformers are optional.
   *
   * @param file name of the file in errors.
   * @throws LociError `model-config` naming the file and the key.
   */
  readConfig(json: unknown, file: string): Model;
  /** A new model of these sizes. */
  fresh(sizes: FreshSizes, vocabulary: Vocabulary): Model;
  /** Sizes for measurements, by name. */
  readonly sizes: Readonly<Record<string, FreshSizes>>;
}
