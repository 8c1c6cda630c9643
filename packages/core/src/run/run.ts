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
 * The parts of one run, each created on first use and then shared. Requesting the policy loads the model; requesting the dataset may
 * generate it.
 */
export interface Run {
  readonly config: RunConfig;
  policy(): Promise<Policy>;
  dataset(): Promise<Dataset>;
  prompt(): Promise<PromptTemplate>;
  sampler(): Sampler;
  rewards(): Promise<readonly RunReward[]>;
  /** In the config's order. Outside of training they write nothing; some can send records that are still pending. */
  sinks(): Promise<readonly MetricSink[]>;
  benchmark(): Promise<Benchmark>;
  /**
   * The trainer that the config names. The local one opens the run folder.
   * @throws LociError `run-directory-exists` when the folder holds a run and `resume` is not set.
   */
  trainer(options?: TrainerOptions): Promise<Trainer>;
  /** Disposes all created parts: the policy's engine, the sinks. @throws The first error of a part, after disposing all others. */
  dispose(): Promise<void>;
}

/** How a trainer starts. */
export interface TrainerOptions {
  /** Resumes from the newest complete checkpoint of the run folder, or from the start when there is none. */
  readonly resume?: boolean;
}
