/**
 * Times a step whose completions end one after another against the dense step, in which all have the full length. Ideally it costs its
 * share of the dense step's tokens. Padding and ended rows that still take part add to that.
 */
import type { EncodedPrompt, Policy, SampleRequest } from '@loci/core';
import { sampleStream } from '../engine/sample-stream.ts';
import type { TokenGenerator } from '../engine/sample-stream.ts';
import { map } from 'rxjs';
import { median } from './all-engines.ts';
import { numberOf } from './flags.ts';
import type { BenchFlags } from './flags.ts';
import { withShapePolicy } from './shape-policy.ts';
import { GENERATIONS, PROMPT_TOKENS, shapePrompt } from './shapes.ts';
import { markdownTable } from './table.ts';
import { timeStep } from './time-step.ts';
import type { StepTimes } from './time-step.ts';

/** Ratio of the longest completion to the shortest. */
const RANGE = 8;

/**
 * Lengths of the completions of each prompt: from an eighth of the longest to the longest in even steps, in an order that differs
 * from prompt to prompt.
 *
 * @returns `[prompt][completion]`
 */
export function raggedLengths(
  prompts: number,
  generations: number,
  longest: number,
): readonly (readonly number[])[] {
  const shortest = longest / RANGE;
  const even = Array.from({ length: generations }, (_, index) =>
    Math.round(shortest + ((longest - shortest) * index) / Math.max(1, generations - 1)),
  );
  // Steps of 3 visit every place of a group of 8 once, so that neighbors differ.
  return Array.from({ length: prompts }, (_, prompt) =>
    even.map((_, index) => even[(3 * index + prompt) % generations]!),
  );
}

/**
 * Samples with a policy's generator so that every completion ends at a prescribed length. It draws tokens as always; a row ends as after a
 * stop token, which a model with random weights would draw at any place. Between two chunks, though, so that lengths should be multiples
 * of a chunk.
 *
 * @param lengths `[prompt][completion]`
 */
export function sampleToLengths(
  inner: TokenGenerator,
  lengths: readonly (readonly number[])[],
): (request: SampleRequest) => ReturnType<Policy['sample']> {
  const generator: TokenGenerator = {
    ...inner,
    generate: (generation) => {
      const rowTokens = generation.places.flatMap((place) => lengths[place]!);
      return inner.generate({ ...generation, rowTokens });
    },
  };
  const tokens = { stopTokenIds: [], padTokenId: 0 };
  return (request) =>
    sampleStream(generator, request, tokens).pipe(
      map((event) => {
        if (event.type !== 'completion') return event;
        const length = lengths[event.prompt]![event.completion]!;
        const [tokenIds, logProbs] = [event.tokenIds, event.logProbs];
        return {
          ...event,
          tokenIds: tokenIds.slice(0, length),
          logProbs: logProbs.slice(0, length),
        };
      }),
    );
}

/** A ragged and a dense step, timed in turn. */
export interface RaggedPair {
  readonly dense: StepTimes;
  readonly ragged: StepTimes;
}

/** The shares of the dense step's tokens that a ragged step has. */
export interface TokenShares {
  /** Of the tokens of completions, which sampling generates. */
  readonly completions: number;
  /** Of all rows, prompts included, which the passes read. */
  readonly rows: number;
}

/** Shares of some lengths. */
export function sharesOf(
  lengths: readonly (readonly number[])[],
  longest: number,
  promptTokens: number,
): TokenShares {
  const real = lengths.flat().reduce((sum, length) => sum + length, 0);
  const dense = lengths.flat().length * longest;
  const prompts = lengths.length * promptTokens;
  return { completions: real / dense, rows: (prompts + real) / (prompts + dense) };
}

const PARTS = [
  ['sampling', 'generation'],
  ['reference', 'reference'],
  ['gradients', 'gradient'],
  ['update', 'update'],
  ['step', 'step'],
] as const;

/** The table: times of both, and the ragged time over its share of the dense one, ideally 1. */
export function raggedTable(pairs: readonly RaggedPair[], shares: TokenShares): string {
  const rows = PARTS.map(([name, part]) => {
    const of = (which: keyof RaggedPair) => median(pairs.map((pair) => pair[which][part]));
    const ratio = median(pairs.map(({ dense, ragged }) => ragged[part] / dense[part]));
    const isShared = name !== 'update';
    return [
      name,
      of('dense').toFixed(4),
      of('ragged').toFixed(4),
      ratio.toFixed(3),
      isShared ? (ratio / shares.completions).toFixed(2) : '–',
      isShared ? (ratio / shares.rows).toFixed(2) : '–',
    ];
  });
  const header = [
    'phase',
    'dense, s',
    'ragged, s',
    'ragged over dense',
    `over the share of completion tokens (${shares.completions.toFixed(3)})`,
    `over the share of all rows (${shares.rows.toFixed(3)})`,
  ];
  return markdownTable(header, rows);
}

/** Steps of each kind before the measured ones. */
const WARM_UP = 2;

/** Times dense and ragged steps in turn on the ONNX engine, and prints the table. */
export async function benchRagged(flags: BenchFlags): Promise<void> {
  const longest = numberOf(flags, 'tokens');
  const count = numberOf(flags, 'prompts');
  const chunkTokens = numberOf(flags, 'chunk');
  const limit = numberOf(flags, 'seconds');
  const lengths = raggedLengths(count, GENERATIONS, longest);
  await withShapePolicy(flags, async ({ policy, model }) => {
    const promptsOf = (step: number): readonly EncodedPrompt[] =>
      Array.from({ length: count }, (_, prompt) =>
        shapePrompt(model, { video: flags.vl }, step * count + prompt),
      );
    const plan = { newTokens: longest, chunkTokens };
    const full = lengths.map((own) => own.map(() => longest));
    const samplers = {
      dense: sampleToLengths(policy.generator, full),
      ragged: sampleToLengths(policy.generator, lengths),
    };
    const take = (which: keyof RaggedPair, seed: number) =>
      timeStep(policy, promptsOf(seed), { seed, ...plan, sample: samplers[which] });
    const pairs: RaggedPair[] = [];
    let spent = 0;
    for (let seed = 0; seed < WARM_UP || spent < limit; seed++) {
      const pair = { dense: await take('dense', seed), ragged: await take('ragged', seed) };
      if (seed < WARM_UP) continue;
      pairs.push(pair);
      spent += pair.dense.step + pair.ragged.step;
    }
    const kind = flags.vl ? 'video' : 'text';
    console.log(
      `${flags.shape}, ${kind}, ${count} × ${GENERATIONS} completions of ${longest / RANGE} to ${longest} tokens, chunks of ${chunkTokens}, ${pairs.length} pairs of steps: ${policy.capabilities.description}\n`,
    );
    console.log(raggedTable(pairs, sharesOf(lengths, longest, PROMPT_TOKENS)));
  });
}
