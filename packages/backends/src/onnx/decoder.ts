/** The seam between the policy and the generation loop. */
import type { SampleEvent, SampleRequest } from '@loci/core';
import type { Observable } from 'rxjs';
import type { OnnxEngine } from './onnx-engine.ts';

/** Draws completions with the engine's current weights; see `Policy.sample`. */
export interface Decoder {
  sample(request: SampleRequest): Observable<SampleEvent>;
  dispose(): Promise<void>;
}

/** Tokens that generation must know of. */
export interface DecoderTokens {
  readonly stopTokenIds: readonly number[];
  readonly padTokenId: number;
}

/**
 * Makes the decoder of an engine. It reads `engine.weightVersion` to notice that weights have changed, runs its sessions on
 * `engine.host`, and takes parameters from the stored tensor `STORE.current` at the places of `engine.arena`.
 */
export type CreateDecoder = (engine: OnnxEngine, tokens: DecoderTokens) => Decoder;
