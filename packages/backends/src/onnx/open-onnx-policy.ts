/** From a model folder to a policy on ONNX Runtime. */
import { createProcessor } from '../text/processor.ts';
import { readModelConfig } from '../model/config.ts';
import type { PositionRule } from '../model/positions.ts';
import { createDecoder as createLoopDecoder } from './decode.ts';
import type { CreateDecoder } from './decoder.ts';
import type { LoweringName } from './lower/kernels.ts';
import { readModelWeights } from './model-folder.ts';
import { OnnxEngine } from './onnx-engine.ts';
import { OnnxPolicy } from './onnx-policy.ts';
import { SessionHost } from './session-host.ts';
import { parameterArena } from './train/parameter-arena.ts';

/** How a policy is opened. */
export interface OnnxPolicySettings {
  /** Folder in Hugging Face layout. */
  readonly model: string;
  /** Execution provider; `auto` takes the CPU, the only one of the npm package that trains everywhere. */
  readonly provider: 'auto' | 'cpu';
  /** Threads within an operation; all cores when left out. */
  readonly threads?: number | undefined;
  readonly positionRule: PositionRule;
  /** `auto` takes `fused` on the CPU. */
  readonly lowering: 'auto' | LoweringName;
  /** Prompt and completion together; the model's own limit when left out. */
  readonly maxTokens?: number | undefined;
  /** Bound on the memory of one run with gradients; larger batches run in parts. */
  readonly maxRunMegabytes: number;
  /** Compiled graphs that are kept. */
  readonly maxSessions: number;
}

/**
 * Starts the worker, reads config, weights and processor.
 *
 * @throws LociError `model-config`, `checkpoint-unreadable`, `checkpoint-mismatch` and those of the processor.
 */
export async function openOnnxPolicy(
  settings: OnnxPolicySettings,
  createDecoder: CreateDecoder = createLoopDecoder,
): Promise<OnnxPolicy> {
  const { model: modelFolder, positionRule, lowering, threads } = settings;
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
      maxRunBytes: settings.maxRunMegabytes * 2 ** 20,
      maxSessions: settings.maxSessions,
    });
    const decoder = createDecoder(engine, processor);
    return new OnnxPolicy({ engine, decoder, processor, modelFolder, maxTokens });
  } catch (error) {
    await host.dispose();
    throw error;
  }
}
