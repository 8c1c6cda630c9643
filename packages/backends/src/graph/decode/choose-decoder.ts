/** Chooses between Loci's WebAssembly kernels and graphs of ONNX Runtime for generating tokens. */
import { LociError } from '@loci/core';
import type { TunedModel } from '../../models/spec/model.ts';
import { recordStep } from '../../wasm/tape/record.ts';
import type { Tape } from '../../wasm/tape/tape.ts';
import { UnsupportedStep } from '../../wasm/tape/tape.ts';
import type { GraphRuntime } from '../engine/graph-runtime.ts';

/** The decoders by name: `auto` goes by the size of the model and of the batch. */
export const DECODERS = ['auto', 'onnx', 'wasm'] as const;

/** One of `DECODERS`. */
export type DecoderChoice = (typeof DECODERS)[number];

/** The settings of token generation. */
export interface DecoderSettings {
  readonly decoder: DecoderChoice;
  /** Threads that share the rows of a generation. */
  readonly threads: number;
}

/** The decoder of an engine. */
export interface ChosenDecoder {
  /** The model's step on the WebAssembly kernels; absent where they are not used. */
  readonly tape?: Tape;
  /** The most completions that they generate at once. */
  readonly mostRows: number;
  /** In words; absent where only graphs are used. */
  readonly description?: string;
  /** Which of them generates tokens when, in words. */
  readonly reason?: string;
}

/**
 * Limit of the multiplications of a step, over all completions, for which `auto` takes the WebAssembly kernels. Timed in turn with graphs
 * on two idle cores, they were 2.3 times as fast at 9 million, 1.2 at 52, 1.1 at 56 and at 70. They break even at some 200 million.
 * Completions that ended leave them at once, and graphs later or not at all: where lengths differ, they were 1.8 times as fast at 70.
 */
const MOST_MULTIPLICATIONS = 100e6;

const DESCRIPTION = 'tokens generated in WebAssembly';

/** The decoder for a model on a runtime. @throws LociError `engine-unavailable` when `wasm` is chosen and not available. */
export function chooseDecoder(
  engine: TunedModel & { readonly runtime: Pick<GraphRuntime, 'onDevice'> },
  { decoder }: DecoderSettings,
): ChosenDecoder {
  if (decoder === 'onnx') return { mostRows: 0 };
  if (engine.runtime.onDevice) {
    if (decoder === 'auto') return { mostRows: 0 };
    throw new LociError(
      'engine-unavailable',
      'policy.decoder: wasm reads weights and keys on the host, but webgpu keeps them on its device: use provider cpu, or decoder auto',
    );
  }
  try {
    const tape = recordStep(engine);
    if (decoder === 'wasm') {
      return { tape, mostRows: Infinity, description: DESCRIPTION };
    }
    const mostRows = Math.floor(MOST_MULTIPLICATIONS / tape.multiplications);
    if (mostRows === 0) return { mostRows };
    const reason = `tokens are generated in WebAssembly for up to ${mostRows} completions at once, in graphs for more`;
    return { tape, mostRows, description: DESCRIPTION, reason };
  } catch (error) {
    if (!(error instanceof UnsupportedStep)) throw error;
    if (decoder === 'auto') {
      return {
        mostRows: 0,
        reason: `tokens are generated in graphs: ${error.message}`,
      };
    }
    throw new LociError(
      'engine-unavailable',
      `policy.decoder: wasm cannot run this model (${error.message}): use auto or onnx`,
      { cause: error },
    );
  }
}
