/** Films are drawn on this thread and learned from on others: the lessons of a step are made while the engine works on those before. */
import { setTimeout } from 'node:timers/promises';

/** Milliseconds in which the engine's threads have what they need of this one, so that making lessons holds none of them up. */
const HEAD_START = 10;

/**
 * A step of a phase that learns from lessons made ahead. The lessons of a step are the same whenever they are made.
 *
 * @param steps of the phase; the last one makes no lessons ahead. @param make lessons of a step, by its number.
 * @param learn learns from them; gives back the loss.
 */
export function lessonsAhead<Lessons>(
  steps: number,
  make: (index: number) => Lessons,
  learn: (lessons: Lessons, learningRate: number) => Promise<number>,
): (index: number, learningRate: number) => Promise<number> {
  let ahead: { readonly index: number; readonly lessons: Lessons } | undefined;
  return async (index, learningRate) => {
    const lessons = ahead?.index === index ? ahead.lessons : make(index);
    ahead = undefined;
    const learning = learn(lessons, learningRate);
    // A failure while the next lessons are made is thrown below, and no rejection that nobody handles.
    learning.catch(() => undefined);
    if (index + 1 < steps) {
      await Promise.race([learning, setTimeout(HEAD_START)]);
      ahead = { index: index + 1, lessons: make(index + 1) };
    }
    return learning;
  };
}
