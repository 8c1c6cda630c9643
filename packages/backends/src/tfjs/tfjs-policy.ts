/** Opens a policy on TensorFlow.js from a model folder. */
import { createRequire } from 'node:module';
import { LociError } from '@loci/core';
import { EnginePolicy } from '../engine/engine-policy.ts';
import { openModel } from '../engine/open-model.ts';
import type { ModelSettings } from '../engine/open-model.ts';
import type { TfjsEngineApi } from './engine-api.ts';
import type { TfjsEngineChoice } from './start/start-backend.ts';
import type { EngineStart } from './thread/messages.ts';
import { ThreadedEngine } from './thread/threaded-engine.ts';
import { startEngine } from './thread/serve.ts';

const require = createRequire(import.meta.url);

/** The settings of a policy; all but the model have defaults. */
export interface TfjsPolicySettings extends ModelSettings {
  /** The backend; `auto` takes the fastest available. Default: `auto`. */
  readonly engine?: TfjsEngineChoice | undefined;
  /**
   * The thread that the engine runs in. Default: `worker`, but `main` from source, as tests run: a worker of Node 20 cannot
   * load TypeScript. With `architectures` it is `main`: a worker makes its own model from the config, and cannot receive code.
   */
  readonly thread?: 'worker' | 'main' | undefined;
  /** `operations` calls operations one by one, even where whole graphs are faster. Default: the faster one for the backend. */
  readonly execution?: 'operations' | undefined;
}

/** A policy whose model runs on TensorFlow.js; `openTfjsPolicy` makes one of a model folder. */
export class TfjsPolicy extends EnginePolicy<TfjsEngineApi> {}

const FROM_SOURCE = import.meta.url.endsWith('.ts');

/**
 * Starts the engine, reads config, weights and processor.
 *
 * @throws LociError `engine-unavailable`, `model-config`, `checkpoint-unreadable`, `checkpoint-mismatch` and those of the processor;
 * `bad-thread` for a worker with architectures that it does not know.
 */
export async function openTfjsPolicy(settings: TfjsPolicySettings): Promise<TfjsPolicy> {
  const { model: folder, engine: choice = 'auto', threads } = settings;
  const thread = threadOf(settings);
  const { execution } = settings;
  const { processor, maxTokens, store, tuned, ...opened } = await openModel(settings);
  const start: EngineStart = {
    ...opened,
    configJson: tuned.model.configJson,
    tuning: tuned.tuning,
    folder,
    engine: choice,
    ...(threads === undefined ? {} : { threads }),
    ...(execution === undefined ? {} : { execution }),
  };
  const engine =
    thread === 'worker' ? await ThreadedEngine.start(start) : await startEngine(start, tuned.model);
  const { version } = require('@tensorflow/tfjs/package.json') as { readonly version: string };
  const library = `@tensorflow/tfjs ${version}`;
  return new TfjsPolicy({ engine, generator: engine, processor, store, maxTokens, library });
}

function threadOf({ thread, architectures = [] }: TfjsPolicySettings): 'worker' | 'main' {
  if (architectures.length === 0) return thread ?? (FROM_SOURCE ? 'main' : 'worker');
  if (thread !== 'worker') return 'main';
  throw new LociError(
    'bad-thread',
    'the worker of TensorFlow.js knows only the architectures of Loci: remove "thread" when you give "architectures", and the ' +
      'engine runs in the main thread',
  );
}
