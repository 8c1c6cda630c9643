/** Whether the answers can be guessed from the words, from black frames or from a single picture, by a guesser that learns what there is to learn. */
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { askFilms } from '../../src/self-supervised/ask-films.ts';
import type { AskedFilm } from '../../src/self-supervised/ask-films.ts';
import { difference } from '../../src/self-supervised/pictures.ts';
import type { DraftMedium } from '../../src/self-supervised/task.ts';
import { TASKS, TASK_NAMES } from '../../src/self-supervised/tasks/all.ts';
import { glance, roomFilms } from './films.ts';
import { guessedShare } from './guesser.ts';
import type { Seen } from './guesser.ts';

jest.setTimeout(120_000);

const FILMS = 100;
const ROUNDS = 4;
/** Standard errors that a share may be off: of 30 comparisons one is beyond in 10,000 times. */
const ERRORS = 4;

const asked: AskedFilm[] = [];
beforeAll(async () => {
  const settings = { tasks: TASK_NAMES, rounds: ROUNDS, seed: 3 };
  for await (const one of askFilms(roomFilms(FILMS), settings)) {
    if ('draft' in one) asked.push(one);
  }
});

const firstFrame = (medium: DraftMedium) =>
  medium.kind === 'image' ? medium.picture : medium.frames[0]!;

/** What questions of a task look like to a guesser, those of every second film to learn from. */
function share(task: string, featuresOf: (one: AskedFilm) => readonly number[]): number {
  const own = asked.filter((one) => one.task === task);
  const films = [...new Set(own.map(({ film }) => film))];
  const toLearn = new Set(films.filter((_, index) => index % 2 === 0));
  const seen = (one: AskedFilm): Seen => ({ features: featuresOf(one), right: one.draft.right });
  return guessedShare(
    own.filter(({ film }) => toLearn.has(film)).map(seen),
    own.filter(({ film }) => !toLearn.has(film)).map(seen),
    TASKS[task as keyof typeof TASKS].options,
  );
}

function expectChance(task: keyof typeof TASKS, found: number): void {
  const chance = 1 / TASKS[task].options;
  const questions = asked.filter((one) => one.task === task).length / 2;
  const error = Math.sqrt((chance * (1 - chance)) / questions);
  expect(Math.abs(found - chance)).toBeLessThan(ERRORS * error);
}

describe.each(TASK_NAMES)('%s', (task) => {
  test('nearly every film is asked, and the right options come in every place equally often', () => {
    const own = asked.filter((one) => one.task === task);
    expect(own.length).toBeGreaterThan(0.7 * FILMS * ROUNDS);
    const counts = Array.from(
      { length: TASKS[task].options },
      (_, slot) => own.filter(({ draft }) => draft.right === slot).length,
    );
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  test('the words of question and options tell nothing, as with black frames', () => {
    const words = ({ draft }: AskedFilm): readonly number[] =>
      draft.options.flatMap((option) => [
        ...Array.from({ length: 7 }, (_, at) => option.codePointAt(at) ?? 0),
        option.length,
      ]);
    expectChance(task, share(task, words));
  });

  test('no single picture tells', () => {
    const media = asked.find((one) => one.task === task)!.draft.media.length;
    for (let index = 0; index < media; index++) {
      const found = share(task, ({ draft }) => glance(firstFrame(draft.media[index]!)));
      expectChance(task, found);
    }
  });
});

describe('who compares the pictures does better, so there is something to see', () => {
  /** Share of the questions of a task in which the option with the least figure is right. */
  const found = (task: string, figures: (media: readonly DraftMedium[]) => readonly number[]) => {
    const own = asked.filter((one) => one.task === task);
    const isRight = ({ draft }: AskedFilm): boolean => {
      const all = figures(draft.media);
      return all.indexOf(Math.min(...all)) === draft.right;
    };
    return own.filter(isRight).length / own.length;
  };

  test('the missing frame is like its neighbors', () => {
    const share = found('missing-frame', (media) => {
      const [before, after, ...choices] = media.map(firstFrame);
      return choices.map((one) => difference(one, before!) + difference(one, after!));
    });
    expect(share).toBeGreaterThan(0.6);
  });

  test('a clip of another place has other colors', () => {
    const own = asked.filter(({ task }) => task === 'same-place');
    const gaps = own.map(({ draft }) => {
      const [a, b] = draft.media.map((medium) => glance(firstFrame(medium)));
      const isSame = draft.options[draft.right] === 'yes';
      return { isSame, gap: a!.reduce((sum, one, at) => sum + Math.abs(one - b![at]!), 0) };
    });
    const middle = gaps.map(({ gap }) => gap).sort((a, b) => a - b)[Math.floor(gaps.length / 2)]!;
    const right = gaps.filter(({ isSame, gap }) => isSame === gap < middle).length;
    expect(right / gaps.length).toBeGreaterThan(0.65);
  });
});

test('the guesser learns what there is to learn', () => {
  const leaky = Array.from({ length: 60 }, (_, index) => ({
    features: [index % 3 === 1 ? 1 : 0, index % 7, index % 3 === 2 ? 1 : 0],
    right: index % 3,
  }));
  expect(guessedShare(leaky.slice(0, 30), leaky.slice(30), 3)).toBe(1);
});
