/** From a model folder to a policy on ONNX Runtime. */
import { createProcessor } from '../text/processor.ts';
import { readModelConfig } from '../model/config.ts';
import type { PositionRule } from '../model/positions.ts';
import { createDecoder } from './decode.ts';
import type { LoweringName } from './lower/kernels.ts';
import { readModelWeights } from '../policy/model-folder.ts';
import { OnnxEngine } from './onnx-engine.ts';
import { OnnxPolicy } from './onnx-policy.ts';
import { SessionHost } from './session-host.ts';
import { parameterArena } from '../policy/parameter-arena.ts';

/** How a policy is opened; all but the model has a default. */
export interface OnnxPolicySettings {
  /** Folder in Hugging Face layout. */
  readonly model: string;
  /** Execution provider; `auto` takes the CPU, the one that trains everywhere. Default: `auto`. */
  readonly provider?: 'auto' | 'cpu' | undefined;
  /** Threads within an operation. Default: all cores. */
  readonly threads?: number | undefined;
  /** Where text goes on after a video. Default: `4.49`, as SpaceR trained. */
  readonly positionRule?: PositionRule | undefined;
  /** `auto` takes `fused` on the CPU. Default: `auto`. */
  readonly lowering?: 'auto' | LoweringName | undefined;
  /** Prompt and completion together. Default: the model's own limit. */
  readonly maxTokens?: number | undefined;
  /** Bound on the memory of one run with gradients; larger batches run in parts. Default: 1024. */
  readonly maxRunMegabytes?: number | undefined;
  /** Compiled graphs that are kept, if they fit into four such runs. Default: 24. */
  readonly maxSessions?: number | undefined;
}

/**
 * Starts the worker, reads config, weights and processor.
 *
 * @throws LociError `model-config`, `checkpoint-unreadable`, `checkpoint-mismatch` and those of the processor.
 */
export async function openOnnxPolicy(settings: OnnxPolicySettings): Promise<OnnxPolicy> {
  const { model: modelFolder, positionRule = '4.49', lowering = 'auto', threads } = settings;
  const { maxRunMegabytes = 1024, maxSessions = 24 } = settings;
  const config = await readModelConfig(modelFolder);
  const limit = config.text.maxPositionEmbeddings;
  const maxTokens = Math.min(settings.maxTokens ?? limit, limit);
  const processor = await createProcessor(modelFolder, { maxPromptTokens: maxTokens });
  const { weights } = await readModelWeights(modelFolder, parameterArena(config));
  const host = new SessionHost(threads === undefined ? {} : { threads });
  try {
    const engine = await OnnxEngine.start(host, config, weights, {
      lowering: lowering === 'auto' ? 'fused' : lowering,
      positionRule,
      maxRunBytes: maxRunMegabytes * 2 ** 20,
      maxSessions,
    });
    const decoder = createDecoder(engine, processor);
    return new OnnxPolicy({ engine, decoder, processor, modelFolder, maxTokens });
  } catch (error) {
    await host.dispose();
    throw error;
  }
}
