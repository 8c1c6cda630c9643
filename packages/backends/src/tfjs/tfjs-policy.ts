/** The policy on TensorFlow.js, and how one is opened from a model folder. */
import { EnginePolicy } from '../engine/engine-policy.ts';
import { openModel } from '../engine/open-model.ts';
import type { ModelSettings } from '../engine/open-model.ts';
import type { TfjsEngineApi } from './engine-api.ts';
import type { TfjsEngineChoice } from './start/start-backend.ts';
import type { EngineStart } from './thread/messages.ts';
import { ThreadedEngine } from './thread/threaded-engine.ts';
import { startEngine } from './thread/serve.ts';

/** How a policy is opened; all but the model has a default. */
export interface TfjsPolicySettings extends ModelSettings {
  /** What TensorFlow.js runs on; `auto` takes the fastest that is there. Default: `auto`. */
  readonly engine?: TfjsEngineChoice | undefined;
  /**
   * The thread that the engine runs in. Default: `worker`, but `main` from source, as tests run: a worker of Node 20 cannot
   * load TypeScript.
   */
  readonly thread?: 'worker' | 'main' | undefined;
  /** `operations` runs the model one by one also where whole graphs are faster. Default: what suits the backend. */
  readonly execution?: 'operations' | undefined;
}

/** A policy whose model runs on TensorFlow.js; `openTfjsPolicy` makes one of a model folder. */
export class TfjsPolicy extends EnginePolicy<TfjsEngineApi> {}

const FROM_SOURCE = import.meta.url.endsWith('.ts');

/**
 * Starts the engine, reads config, weights and processor.
 *
 * @throws LociError `engine-unavailable`, `model-config`, `checkpoint-unreadable`, `checkpoint-mismatch` and those of the processor.
 */
export async function openTfjsPolicy(settings: TfjsPolicySettings): Promise<TfjsPolicy> {
  const { model: folder, engine: choice = 'auto', threads } = settings;
  const { thread = FROM_SOURCE ? 'main' : 'worker', execution } = settings;
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
  const engine = thread === 'worker' ? await ThreadedEngine.start(start) : await startEngine(start);
  return new TfjsPolicy({ engine, generator: engine, processor, store, maxTokens });
}
