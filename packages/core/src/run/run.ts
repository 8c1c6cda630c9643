import type { RunConfig } from '../config/run-config.ts';
import type { RunReward } from '../rollout/run-reward.ts';
import type {
  Benchmark,
  Dataset,
  MetricSink,
  Policy,
  PromptTemplate,
  Sampler,
  Trainer,
} from '../spec/index.ts';

/**
 * The parts of one run, each made on first use and then shared. Asking for the policy loads the model; asking for the
 * dataset may generate it.
 */
export interface Run {
  readonly config: RunConfig;
  policy(): Promise<Policy>;
  dataset(): Promise<Dataset>;
  prompt(): Promise<PromptTemplate>;
  sampler(): Sampler;
  rewards(): Promise<readonly RunReward[]>;
  /** In the config's order. Outside of training they have nothing to write; some can catch up with what is left to send. */
  sinks(): Promise<readonly MetricSink[]>;
  benchmark(): Promise<Benchmark>;
  /**
   * The trainer that the config names; the one of this process has its run folder opened.
   * @throws LociError `run-directory-exists` when the folder holds a run and `resume` is not set.
   */
  trainer(options?: TrainerOptions): Promise<Trainer>;
  /** Frees all that was made: the policy's engine, the sinks. @throws The first error of a part, when all others are freed. */
  dispose(): Promise<void>;
}

/** How a trainer begins. */
export interface TrainerOptions {
  /** Goes on from the newest complete checkpoint of the run folder, or from the start when there is none. */
  readonly resume?: boolean;
}
