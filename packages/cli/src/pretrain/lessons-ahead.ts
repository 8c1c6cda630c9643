/** Makes the lessons of the next step on this thread while the engine learns from the present ones on others. */
import { setTimeout } from 'node:timers/promises';

/** Milliseconds in which the engine's threads get their input from this one, so that making lessons does not delay them. */
const HEAD_START = 10;

/**
 * Makes the function of a phase's step, which learns from lessons made ahead. The lessons of a step do not depend on when they are made.
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
    // A failure while the next lessons are made is thrown below; this only avoids an unhandled rejection.
    learning.catch(() => undefined);
    if (index + 1 < steps) {
      await Promise.race([learning, setTimeout(HEAD_START)]);
      ahead = { index: index + 1, lessons: make(index + 1) };
    }
    return learning;
  };
}
