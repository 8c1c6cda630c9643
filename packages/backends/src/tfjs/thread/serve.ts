/** Serves an engine in its thread: answers one request after another. */
import type { GeneratedChunk, Generation } from '../../engine/generation.ts';
import type { TfjsEngineApi } from '../engine-api.ts';
import { parseModel } from '../../models/index.ts';
import type { Model } from '../../models/spec/model.ts';
import { frozenWeights } from '../../weights/model-weights.ts';
import { parameterArena } from '../../weights/parameter-arena.ts';
import { NativeEngine } from '../graph/native-engine.ts';
import { startBackend } from '../start/start-backend.ts';
import { TfjsEngine } from '../tfjs-engine.ts';
import { failureOf } from './messages.ts';
import type { EngineReady, EngineRequest, EngineResponse, EngineStart } from './messages.ts';

/** The port for messages. */
export interface EnginePort {
  on(event: 'message', listener: (request: EngineRequest) => void): unknown;
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
}

/**
 * Starts an engine in this thread: with whole graphs on native TensorFlow's CPU, and operation by operation elsewhere. On a GPU a session
 * would copy the weights there and back in every run.
 *
 * @param model of the config, if its architecture is not one of Loci's; the caller in this thread has made it.
 * @throws LociError `engine-unavailable`, and those of reading frozen weights.
 */
export async function startEngine(
  { configJson, ...start }: EngineStart,
  model: Model = parseModel(configJson),
): Promise<TfjsEngineApi> {
  const { engine, threads, tuning, trained, folder, execution, ...settings } = start;
  const tuned = { model, tuning };
  const backend = await startBackend(engine, threads);
  const weights = { trained, frozen: frozenWeights(folder, parameterArena(tuned)) };
  if (backend.engine === 'node' && execution !== 'operations') {
    return NativeEngine.start(backend, tuned, weights, settings);
  }
  return TfjsEngine.start(backend, tuned, weights, settings);
}

/** Arrays of an answer that move rather than copy; engines return arrays of their own. */
function moved(value: unknown): ArrayBuffer[] {
  const arrays = value instanceof Float32Array ? [value] : Object.values(value ?? {});
  return arrays.flatMap((array) =>
    array instanceof Float32Array && array.buffer instanceof ArrayBuffer ? [array.buffer] : [],
  );
}

/** Answers the requests of a port from an engine. */
function answerFrom(engine: TfjsEngineApi, port: EnginePort): void {
  const streams = new Map<number, AsyncIterator<GeneratedChunk>>();
  let opened = 0;

  async function answer({ call, arguments: given }: EngineRequest): Promise<unknown> {
    switch (call) {
      case 'generate':
        streams.set(opened, engine.generate(given[0] as Generation)[Symbol.asyncIterator]());
        return opened++;
      case 'next': {
        const result = await streams.get(given[0] as number)?.next();
        return result?.done === false ? result.value : undefined;
      }
      case 'leave':
        await streams.get(given[0] as number)?.return?.();
        streams.delete(given[0] as number);
        return undefined;
      default: {
        const method = engine[call] as (...given: unknown[]) => Promise<unknown>;
        return method.apply(engine, [...given]);
      }
    }
  }

  let queue = Promise.resolve();
  port.on('message', (request) => {
    queue = queue.then(async () => {
      let response: EngineResponse;
      try {
        response = { id: request.id, value: await answer(request) };
      } catch (error) {
        response = { id: request.id, failure: failureOf(error) };
      }
      port.postMessage(response, moved(response.value));
    });
  });
}

/** Starts an engine, reports the start or its failure, and serves the engine. */
export async function serveEngine(port: EnginePort, start: EngineStart): Promise<void> {
  let ready: EngineReady;
  try {
    const engine = await startEngine(start);
    answerFrom(engine, port);
    ready = { description: engine.description, reason: engine.reason };
  } catch (error) {
    ready = { failure: failureOf(error) };
  }
  port.postMessage(ready);
}
