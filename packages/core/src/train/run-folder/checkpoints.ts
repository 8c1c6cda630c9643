import type { RunConfig } from '../../config/run-config.ts';
import { LociError } from '../../errors/loci-error.ts';
import type { Policy, TrainerState } from '../../spec/index.ts';
import type { CourseState, RunCourse } from '../course/run-course.ts';
import { loadWhole } from './damaged-checkpoint.ts';
import type { RunStore } from './run-store.ts';

/** The training loop's own part of a checkpoint's state; the rest is the run's course. */
export type LoopState = Omit<TrainerState, keyof CourseState>;

/** The checkpoints of a run while it trains: each holds the weights, the state of the loop, and the course of the run. */
export class Checkpoints {
  readonly #config: Pick<RunConfig, 'checkpoint' | 'seed'>;
  readonly #store: RunStore;
  readonly #policy: Policy;
  readonly #course: RunCourse;
  #savedStep = -1;

  constructor(
    config: Pick<RunConfig, 'checkpoint' | 'seed'>,
    store: RunStore,
    policy: Policy,
    course: RunCourse,
  ) {
    this.#config = config;
    this.#store = store;
    this.#policy = policy;
    this.#course = course;
  }

  /** Saves the step, once. @returns The folder of the new checkpoint; undefined when the step already has one. */
  async save(state: LoopState): Promise<string | undefined> {
    if (this.#savedStep === state.step) return undefined;
    const { keep } = this.#config.checkpoint;
    const whole = { ...state, ...this.#course.state };
    const directory = await this.#store.saveCheckpoint(this.#policy, whole, keep);
    this.#savedStep = state.step;
    return directory;
  }

  /** Adds the results of an evaluation to the checkpoint of its step, when there is one. */
  noteCourse(state: LoopState): void {
    const course = this.#course.state;
    if (this.#savedStep !== state.step || Object.keys(course).length === 0) return;
    this.#store.updateState({ ...state, ...course });
  }

  /**
   * Loads the newest checkpoint into the policy and the course.
   *
   * @returns The state that the loop continues from; undefined when there is no checkpoint.
   * @throws LociError `seed-differs`, `checkpoint-corrupt`.
   */
  async restore(): Promise<LoopState | undefined> {
    const found = this.#store.latestCheckpoint();
    if (found === undefined) return undefined;
    const { passRates, best, watched, ...state } = found.state;
    if (state.seed !== this.#config.seed) {
      throw new LociError(
        'seed-differs',
        `The checkpoint was made with seed ${state.seed}, but the config has seed ${this.#config.seed}; a run keeps its seed: set seed to ${state.seed}, or start a new run`,
      );
    }
    await loadWhole(this.#policy, found, this.#store.checkpointFolder);
    this.#course.restore({ passRates, best, watched });
    this.#savedStep = state.step;
    this.#store.noteBest({ ...state, ...this.#course.state });
    return state;
  }
}
