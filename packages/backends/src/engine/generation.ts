/** Splits a request for completions into generations that an engine runs one after another, and lays out their inputs. */
import type {
  CompletionAddress,
  EncodedPrompt,
  SampleRequest,
  SamplingParameters,
} from '@loci/core';
import type { BatchLayout } from '../models/spec/batches.ts';
import type { Model } from '../models/spec/model.ts';
import type { PositionRule } from '../models/spec/prompts.ts';
import { MASKED } from '../ops/host-tensor.ts';
import type { HostTensor } from '../ops/host-tensor.ts';
import { drawUniforms } from './sampling/uniforms.ts';
import { bucketLength } from './batch-layout.ts';
import { planMicroBatches } from './micro-batches.ts';

/** The prompts and completions of one generation. */
export interface Generation {
  /** Prompts of one layout; those from index `real` on are padding. */
  readonly prompts: readonly EncodedPrompt[];
  readonly real: number;
  /** Place of each prompt in the request, which its random numbers depend on. */
  readonly places: readonly number[];
  readonly completions: number;
  /** Sizes of the prompts, without completions. */
  readonly layout: BatchLayout;
  readonly sampling: SamplingParameters;
  readonly seed: number;
  readonly stopTokenIds: readonly number[];
  readonly padTokenId: number;
  readonly chunkTokens: number;
  /** Also return the logits that each token was drawn from. */
  readonly withLogits: boolean;
  /** Limit of the tokens of each row, for timing rows that end one after another; by default that of `sampling` for all. */
  readonly rowTokens?: readonly number[];
}

/** Tokens that one run generated. Rows are completions, `prompt · completions + completion`. */
export interface GeneratedChunk {
  /** Row-major `[steps, rows]`; padding after a row's end. */
  readonly tokenIds: Int32Array;
  readonly logProbs: Float32Array;
  readonly steps: number;
  /** `[steps, rows, vocabulary]`, when requested. */
  readonly logits?: Float32Array;
}

/** Tokens with a meaning in generation. */
export interface DecoderTokens {
  readonly stopTokenIds: readonly number[];
  readonly padTokenId: number;
}

const DEFAULT_CHUNK_TOKENS = 32;

/**
 * Generations that together answer a request: prompts whose media have the same grids run together.
 *
 * @param maxRunBytes memory limit for reading the prompts.
 */
export function planGenerations(
  { batches }: Pick<Model, 'batches'>,
  maxRunBytes: number,
  { prompts, completionsPerPrompt, sampling, seed }: SampleRequest,
  tokens: DecoderTokens & { readonly withLogits?: boolean },
): Generation[] {
  // Reading the prompts takes the most memory of a run: the completions' keys and values are small beside it.
  const short = new Int32Array(bucketLength(1));
  const groups = prompts.map((prompt) => ({
    prompt,
    completions: new Array<Int32Array>(completionsPerPrompt).fill(short),
  }));
  return planMicroBatches(groups, batches, maxRunBytes).map(({ layout, members, real }) => ({
    prompts: members.map((member): EncodedPrompt => prompts[member]!),
    places: members,
    real,
    completions: completionsPerPrompt,
    layout: { ...layout, completions: 0, completionLength: 0 },
    sampling,
    seed,
    stopTokenIds: tokens.stopTokenIds,
    padTokenId: tokens.padTokenId,
    chunkTokens: sampling.chunkTokens ?? DEFAULT_CHUNK_TOKENS,
    withLogits: tokens.withLogits ?? false,
  }));
}

/** Added to the scores of prompt keys, `[prompts, promptLength]`. */
export function generationMask({ prompts, layout: { promptLength } }: Generation): HostTensor {
  const mask = new Float32Array(prompts.length * promptLength);
  prompts.forEach(({ tokenIds }, group) => {
    mask.fill(MASKED, group * promptLength + tokenIds.length, (group + 1) * promptLength);
  });
  return { shape: [prompts.length, promptLength], data: mask };
}

/** Rotary tables of the steps from `made` on, `[steps, rows, headDim / 2]` each. */
export function stepTables(
  { prompts, completions }: Pick<Generation, 'prompts' | 'completions'>,
  model: Pick<Model, 'prompts'>,
  rule: PositionRule,
  made: number,
  steps: number,
): Readonly<Record<'cos' | 'sin', HostTensor>> {
  const rows = prompts.length * completions;
  const positions = new Int32Array(3 * steps * rows);
  const nexts = prompts.map(
    ({ tokenIds, media }) => model.prompts.positions(tokenIds, media, rule).next,
  );
  for (let at = 0; at < positions.length; at++) {
    const step = Math.floor((at % (steps * rows)) / rows);
    positions[at] = nexts[Math.floor((at % rows) / completions)]! + made + step;
  }
  const { cos, sin, frequencies } = model.prompts.rotary(positions);
  const shape = [steps, rows, frequencies];
  return { cos: { shape, data: cos }, sin: { shape, data: sin } };
}

/** Random numbers of the steps from `made` on, `[steps, rows]`. */
export function stepUniforms(
  { places, completions, seed }: Pick<Generation, 'places' | 'completions' | 'seed'>,
  made: number,
  steps: number,
): Float32Array {
  const addresses = places.flatMap((prompt): CompletionAddress[] =>
    Array.from({ length: completions }, (_, completion) => ({ prompt, completion })),
  );
  return drawUniforms(seed, addresses, made, steps);
}

/** The inputs of the steps from `made` on: rotary tables `[steps, rows, headDim / 2]` and random numbers `[steps, rows, 1]`. */
export function generationSteps(
  generation: Generation,
  model: Pick<Model, 'prompts'>,
  rule: PositionRule,
  made: number,
  steps: number,
): Readonly<Record<'cos' | 'sin' | 'uniforms', HostTensor>> {
  const data = stepUniforms(generation, made, steps);
  const rows = generation.prompts.length * generation.completions;
  return {
    ...stepTables(generation, model, rule, made, steps),
    uniforms: { shape: [steps, rows, 1], data },
  };
}
