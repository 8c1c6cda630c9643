/**
 * What a model is to the rest of Loci. Engines, decoders, policies, LoRA, checkpoints, pretraining and tools know a model only
 * through these types; `models/index.ts` has the table of architectures, and each has a folder of its own beside it.
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
  /** Name of the architecture, for people to read: `Qwen2.5-VL`. */
  readonly title: string;
  /** Content of a `config.json` that makes the same model again. Plain data, so that a model can be made anew in another thread. */
  readonly configJson: Readonly<Record<string, unknown>>;
  readonly decoder: DecoderSizes;
  readonly vision: VisionSizes;
  readonly tokens: SpecialTokenIds;
  readonly parameters: ModelParameters;
  readonly prompts: ModelPrompts;
  readonly batches: ModelBatches;
  readonly graphs: ModelGraphs;
}

/** A model and what of it is trained; everything where `tuning` is absent. */
export interface TunedModel {
  readonly model: Model;
  readonly tuning?: Tuning | undefined;
}

/** A model that is trained in part. */
export type PartlyTrained = TunedModel & { readonly tuning: Tuning };

/** What a fresh model takes from its tokenizer. */
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
  /** Its name for people to read: `Qwen2.5-VL`. */
  readonly title: string;
  /**
   * Reads the content of a `config.json`; what the class of transformers has a default for may be left out.
   *
   * @param file name that errors give.
   * @throws LociError `model-config` naming the file and the key.
   */
  readConfig(json: unknown, file: string): Model;
  /** A model of these sizes that does not exist yet. */
  fresh(sizes: FreshSizes, vocabulary: Vocabulary): Model;
  /** Sizes that tools measure, by name. */
  readonly sizes: Readonly<Record<string, FreshSizes>>;
}
