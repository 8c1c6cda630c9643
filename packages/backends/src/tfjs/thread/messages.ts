/** Defines the messages between the main thread and the thread of a TensorFlow.js engine. */
import { LociError, messageOf } from '@loci/core';
import type { Tuning } from '../../ops/tuning.ts';
import type { TfjsEngineApi } from '../engine-api.ts';
import type { TfjsEngineChoice } from '../start/start-backend.ts';
import type { TfjsEngineSettings } from '../running-model.ts';

/** The start settings of an engine. */
export interface EngineStart extends TfjsEngineSettings {
  readonly engine: TfjsEngineChoice;
  /** Threads within an operation; by default all cores. */
  readonly threads?: number;
  /** How the model runs; by default in the faster way for the backend. */
  readonly execution?: 'operations';
  /** Content of the model's `config.json`; a model itself cannot go to another thread. */
  readonly configJson: Readonly<Record<string, unknown>>;
  readonly tuning?: Tuning | undefined;
  /** Trained weights, in arena order. */
  readonly trained: Float32Array;
  /** Folder of the frozen weights, which the engine's thread reads. */
  readonly folder: string;
}

/** Methods that a call names, with one answer each. */
export type EngineCall = Exclude<
  keyof TfjsEngineApi,
  'model' | 'tuning' | 'arena' | 'description' | 'reason' | 'maxRunBytes' | 'generate' | 'dispose'
>;

/** A call of a method, or of the generation loop: open it, request its next chunk, leave it. */
export interface EngineRequest {
  readonly id: number;
  readonly call: EngineCall | 'generate' | 'next' | 'leave';
  readonly arguments: readonly unknown[];
}

/** A failure in the form that crosses threads. */
export interface EngineFailure {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The facts of a started engine. */
export type EngineFacts = Pick<TfjsEngineApi, 'description' | 'reason'>;

/** The first message: the engine has started, or its failure. */
export type EngineReady = EngineFacts | { readonly failure: EngineFailure };

/** The answer to a request. */
export interface EngineResponse {
  readonly id: number;
  readonly value?: unknown;
  readonly failure?: EngineFailure;
}

/** Packs an error; one that is not a LociError came from TensorFlow.js. */
export function failureOf(error: unknown): EngineFailure {
  return error instanceof LociError
    ? { code: error.code, message: error.message, details: error.details }
    : { code: 'engine-failed', message: `TensorFlow.js failed: ${messageOf(error)}`, details: {} };
}

/** Unpacks an error. */
export function errorOf({ code, message, details }: EngineFailure): LociError {
  return new LociError(code, message, { details });
}
