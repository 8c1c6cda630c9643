/** Which tokens are made on kernels of our own in WebAssembly, and which in graphs of ONNX Runtime. */
import { LociError } from '@loci/core';
import type { TunedModel } from '../../models/spec/model.ts';
import { recordStep } from '../../wasm/tape/record.ts';
import type { Tape } from '../../wasm/tape/tape.ts';
import { UnsupportedStep } from '../../wasm/tape/unsupported-step.ts';
import type { GraphRuntime } from '../engine/graph-runtime.ts';

/** What makes tokens: `auto` goes by the size of the model and of the batch. */
export const DECODERS = ['auto', 'onnx', 'wasm'] as const;

/** One of `DECODERS`. */
export type DecoderChoice = (typeof DECODERS)[number];

/** How tokens are made. */
export interface DecoderSettings {
  readonly decoder: DecoderChoice;
  /** Threads that share the rows of a generation. */
  readonly threads: number;
}

/** The decoder of an engine. */
export interface ChosenDecoder {
  /** The model's step on our kernels; absent where they are not used. */
  readonly tape?: Tape;
  /** Most completions at once that are made on them. */
  readonly mostRows: number;
  /** For people to read; absent where only graphs are used. */
  readonly description?: string;
  /** When which of them makes tokens, for people who ask why. */
  readonly reason?: string;
}

/**
 * Multiplications of a step, over all completions, up to which `auto` takes our kernels. In turn with the graphs on two idle cores
 * ours were 2.3 times as quick at 9 million, 1.2 at 52 and 1.1 at 56; they lose what they gain at some 200 million.
 */
const MOST_MULTIPLICATIONS = 60e6;

const DESCRIPTION = 'tokens made in WebAssembly';

/** The decoder for a model on a runtime. @throws LociError `engine-unavailable` when `wasm` is asked for and cannot be had. */
export function chooseDecoder(
  engine: TunedModel & { readonly runtime: Pick<GraphRuntime, 'onDevice'> },
  { decoder }: DecoderSettings,
): ChosenDecoder {
  if (decoder === 'onnx') return { mostRows: 0 };
  if (engine.runtime.onDevice) {
    if (decoder === 'auto') return { mostRows: 0 };
    throw new LociError(
      'engine-unavailable',
      'policy.decoder: wasm reads weights and keys on the host, and webgpu keeps them on its device: use provider cpu, or decoder auto',
    );
  }
  try {
    const tape = recordStep(engine);
    if (decoder === 'wasm') {
      return { tape, mostRows: Infinity, description: DESCRIPTION };
    }
    const mostRows = Math.floor(MOST_MULTIPLICATIONS / tape.multiplications);
    if (mostRows === 0) return { mostRows };
    const reason = `tokens are made in WebAssembly for up to ${mostRows} completions at once, beyond that in graphs`;
    return { tape, mostRows, description: DESCRIPTION, reason };
  } catch (error) {
    if (!(error instanceof UnsupportedStep)) throw error;
    if (decoder === 'auto') {
      return {
        mostRows: 0,
        reason: `tokens are made in graphs: ${error.message}`,
      };
    }
    throw new LociError(
      'engine-unavailable',
      `policy.decoder: wasm cannot run this model (${error.message}): use auto or onnx`,
      { cause: error },
    );
  }
}
