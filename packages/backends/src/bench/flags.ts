/** Defines the flags of the benchmarks and checks their values. */
import { parseArgs } from 'node:util';
import { LociError } from '@loci/core';
import { NEW_TOKENS, SHAPE_ARCHITECTURES } from './shapes.ts';
import type { ShapeArchitecture } from './shapes.ts';

const OPTIONS = {
  engine: { type: 'string', default: 'onnx' },
  provider: { type: 'string', default: 'cpu' },
  backend: { type: 'string', default: 'auto' },
  shape: { type: 'string', default: 'small' },
  vl: { type: 'boolean', default: false },
  lora: { type: 'string' },
  threads: { type: 'string', default: '2' },
  spin: { type: 'boolean', default: false },
  decoder: { type: 'string', default: 'auto' },
  lanes: { type: 'string' },
  warmup: { type: 'string', default: '3' },
  seconds: { type: 'string', default: '30' },
  tokens: { type: 'string', default: String(NEW_TOKENS) },
  turns: { type: 'string' },
  loss: { type: 'string', default: 'fused' },
  peers: { type: 'string' },
  'peer-scripts': { type: 'string' },
  architecture: { type: 'string', default: 'qwen2-5-vl' },
  ragged: { type: 'boolean', default: false },
  prompts: { type: 'string', default: '8' },
  chunk: { type: 'string', default: '16' },
  sweep: { type: 'string' },
  out: { type: 'string' },
} as const;

/** The given flags, with the defaults of the others. */
export type BenchFlags = ReturnType<
  typeof parseArgs<{ options: typeof OPTIONS; args: string[] }>
>['values'];

/** Flags that are numbers. */
export type NumberFlag =
  'lora' | 'threads' | 'lanes' | 'warmup' | 'seconds' | 'tokens' | 'turns' | 'prompts' | 'chunk';

/**
 * Parses the words of a command line.
 *
 * @throws LociError `bad-flag` for a flag that does not exist or lacks its value.
 */
export function readFlags(words: readonly string[]): BenchFlags {
  try {
    return parseArgs({ options: OPTIONS, args: [...words] }).values;
  } catch (error) {
    const { message } = error as Error;
    const known = Object.keys(OPTIONS)
      .map((name) => `--${name}`)
      .join(', ');
    throw new LociError('bad-flag', `${message}\nThe flags are ${known}.`);
  }
}

/**
 * A value that must be one of some names.
 *
 * @throws LociError `bad-flag`.
 */
export function oneOf<Name extends string>(
  flag: string,
  value: string,
  names: readonly Name[],
): Name {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw new LociError('bad-flag', `--${flag} must be one of ${names.join(', ')}, not ${value}`);
}

/**
 * A flag that is a number above 0; only the number of warm-up steps may be 0.
 *
 * @throws LociError `bad-flag`.
 */
export function numberOf(flags: BenchFlags, flag: NumberFlag, otherwise?: number): number {
  const given = flags[flag];
  if (given === undefined && otherwise !== undefined) return otherwise;
  const number = Number(given);
  if (Number.isFinite(number) && (number > 0 || flag === 'warmup')) return number;
  throw new LociError('bad-flag', `--${flag} must be a number above 0, not ${given}`);
}

/** The architecture of the timed model. @throws LociError `bad-flag`. */
export function architectureOf({ architecture }: BenchFlags): ShapeArchitecture {
  return oneOf('architecture', architecture, SHAPE_ARCHITECTURES);
}
