/**
 * Draws and encodes the prompts of the next steps while the engine works on the current one, so that the engine rarely waits for data.
 * Drawing early does not change the prompts, so a resumed run, or one that does not read ahead, takes the same ones.
 */
import { stopped } from '../../rollout/until-aborted.ts';
import type { DrawnPrompts, PromptDrawer } from './draw-prompts.ts';

/** How many prompts to draw, and how far ahead. */
export interface PromptQueueSettings {
  readonly promptsPerStep: number;
  /** Most steps whose prompts are held ready; 0 draws on demand. */
  readonly ahead: number;
  /** Remaining steps; nothing is drawn beyond them. */
  readonly steps: number;
  /** Samples drawn before the first of them. */
  readonly samplesSeen: number;
  /** Steps done before the first of them; 0 when left out. */
  readonly stepsDone?: number;
}

/** The prompts of a run's steps, in order. */
export class PromptQueue {
  readonly #drawer: PromptDrawer;
  readonly #settings: PromptQueueSettings;
  readonly #waiting: Promise<DrawnPrompts>[] = [];
  #begun = 0;
  #samplesSeen: Promise<number>;
  #closed = false;

  constructor(drawer: PromptDrawer, settings: PromptQueueSettings) {
    this.#drawer = drawer;
    this.#settings = settings;
    this.#samplesSeen = Promise.resolve(settings.samplesSeen);
  }

  /**
   * The prompts of the next step. This call also starts drawing those of the steps after it.
   *
   * @throws LociErrors of drawing, at the step that they belong to.
   */
  next(): Promise<DrawnPrompts> {
    if (this.#waiting.length === 0) this.#begin();
    const drawn = this.#waiting.shift();
    if (drawn === undefined) throw new RangeError('the prompts of all steps were taken');
    while (this.#waiting.length < this.#settings.ahead && this.#begin());
    return drawn;
  }

  /** Stops drawing, and resolves when the last read has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#waiting);
  }

  /** Starts the next draw; false when the run has no step for it. */
  #begin(): boolean {
    const { promptsPerStep, steps, stepsDone = 0 } = this.#settings;
    if (this.#begun >= steps) return false;
    const step = stepsDone + ++this.#begun;
    const drawn = this.#samplesSeen.then((samplesSeen) => {
      if (this.#closed) throw stopped();
      return this.#drawer.draw(promptsPerStep, samplesSeen, step);
    });
    this.#samplesSeen = drawn.then(({ samplesSeen }) => samplesSeen);
    // `next` reports the failure to the step; without this line Node would call it unhandled until then.
    this.#samplesSeen.catch(() => undefined);
    this.#waiting.push(drawn);
    return true;
  }
}
