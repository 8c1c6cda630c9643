/** Makes the questions of every task about films, one film after the other. The right option is equally often in each place. */
import { deriveSeed, permutation, randomStream } from '@loci/core';
import { TASKS } from './tasks/all.ts';
import type { TaskName } from './tasks/all.ts';
import type { DraftQuestion, FilmedFrames } from './task.ts';

/** A question about a film. */
export interface AskedFilm {
  readonly film: string;
  readonly task: TaskName;
  readonly round: number;
  readonly draft: DraftQuestion;
}

/** A film that offers no question for a task. */
export interface UnfitFilm {
  readonly film: string;
  readonly task: TaskName;
  readonly unfit: string;
}

/** Which questions to ask. */
export interface AskingSettings {
  readonly tasks: readonly TaskName[];
  /** Questions of each task about each film. */
  readonly rounds: number;
  readonly seed: number;
}

/**
 * Asks about films as they come; two of each size are in memory. Each film is the other place for one film of its size, so that no film is the
 * wrong one more often than others.
 */
export async function* askFilms(
  films: AsyncIterable<FilmedFrames>,
  settings: AskingSettings,
): AsyncGenerator<AskedFilm | UnfitFilm, void, undefined> {
  const groups = new Map<string, { readonly first: FilmedFrames; previous: FilmedFrames }>();
  const slots = slotDealer(settings);
  for await (const film of films) {
    const [{ width, height } = { width: 0, height: 0 }] = film.frames;
    const group = groups.get(`${width}x${height}`);
    if (group === undefined) {
      groups.set(`${width}x${height}`, { first: film, previous: film });
      continue;
    }
    const other = group.previous;
    group.previous = film;
    yield* askFilm(film, other, settings, slots);
  }
  for (const { first, previous } of groups.values()) {
    yield* askFilm(first, previous === first ? undefined : previous, settings, slots);
  }
}

function* askFilm(
  film: FilmedFrames,
  other: FilmedFrames | undefined,
  { tasks, rounds, seed }: AskingSettings,
  slots: SlotDealer,
): Generator<AskedFilm | UnfitFilm, void, undefined> {
  for (const task of tasks) {
    for (let round = 0; round < rounds; round++) {
      const random = randomStream(deriveSeed(seed, 'self-supervised', task, film.name, round));
      const draft = TASKS[task].draft({ film, other, random, slot: slots.next(task) });
      if ('unfit' in draft) {
        slots.giveBack(task);
        yield { film: film.name, task, unfit: draft.unfit };
        break;
      }
      yield { film: film.name, task, round, draft };
    }
  }
}

/** Deals the places of right options, each as often as the others. */
interface SlotDealer {
  next(task: TaskName): number;
  /** Takes back the last place, which was not used. */
  giveBack(task: TaskName): void;
}

function slotDealer({ seed }: AskingSettings): SlotDealer {
  const dealt = new Map<TaskName, number>();
  return {
    next(task) {
      const count = dealt.get(task) ?? 0;
      dealt.set(task, count + 1);
      const { options } = TASKS[task];
      const block = Math.floor(count / options);
      const order = permutation(options, deriveSeed(seed, 'self-supervised', 'slots', task, block));
      return order[count % options]!;
    },
    giveBack(task) {
      dealt.set(task, (dealt.get(task) ?? 1) - 1);
    },
  };
}
