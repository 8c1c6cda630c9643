/**
 * Has the prompts of the next steps drawn and encoded while the engine works on the present one, so that the data never waits. What is
 * drawn depends on the place in the data alone and is not changed by being drawn early: a run that was resumed, or does without, takes
 * the same prompts.
 */
import { stopped } from '../../rollout/until-aborted.ts';
import type { DrawnPrompts, PromptDrawer } from './draw-prompts.ts';

/** What is drawn, and how far ahead. */
export interface PromptQueueSettings {
  readonly promptsPerStep: number;
  /** Steps whose prompts are held ready at most; 0 draws when asked. */
  readonly ahead: number;
  /** Steps to come; nothing is drawn beyond them. */
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
   * The prompts of the next step. Those of the steps after it begin to be drawn as soon as they are there.
   *
   * @throws LociErrors of drawing, each with the step that it belongs to.
   */
  next(): Promise<DrawnPrompts> {
    if (this.#waiting.length === 0) this.#begin();
    const drawn = this.#waiting.shift();
    if (drawn === undefined) throw new RangeError('the prompts of all steps were taken');
    while (this.#waiting.length < this.#settings.ahead && this.#begin());
    return drawn;
  }

  /** Ends drawing, and resolves when nothing is read any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#waiting);
  }

  /** Begins the draw after the last one; false when the run has no step for it. */
  #begin(): boolean {
    const { promptsPerStep, steps, stepsDone = 0 } = this.#settings;
    if (this.#begun >= steps) return false;
    const step = stepsDone + ++this.#begun;
    const drawn = this.#samplesSeen.then((samplesSeen) => {
      if (this.#closed) throw stopped();
      return this.#drawer.draw(promptsPerStep, samplesSeen, step);
    });
    this.#samplesSeen = drawn.then(({ samplesSeen }) => samplesSeen);
    // Whoever takes these prompts hears of the failure; until then it is nobody's.
    this.#samplesSeen.catch(() => undefined);
    this.#waiting.push(drawn);
    return true;
  }
}
