/** Every answer is checked against an oracle of its own that knows only where things stand. */
import { describe, expect, test } from '@jest/globals';
import {
  DEFAULT_RUN,
  extractAnswer,
  meanRelativeAccuracy,
  parseCognitiveMap,
  randomStream,
} from '@loci/core';
import { askScene, questionSceneOf, type AskedQuestion } from '../../src/rooms/ask-room.ts';
import { MOST_DEMONSTRATION_WORDS, wordCount } from '../../src/rooms/demonstration.ts';
import { generateRoom } from '../../src/rooms/generate-room.ts';
import {
  ALL_QUESTION_KINDS,
  endingOf,
  type QuestionKindName,
} from '../../src/rooms/questions/all.ts';
import { cellOf } from '../../src/rooms/grid.ts';
import { roomSeries, type AskedRoom } from '../../src/rooms/room-series.ts';
import type { RoomObject, RoomScene } from '../../src/rooms/scene.ts';

const ROOMS: readonly AskedRoom[] = [
  ...roomSeries({ seed: 3, split: 'train', scenes: 320, questionsPerScene: 4 }),
  ...roomSeries({
    seed: 3,
    split: 'train',
    scenes: 140,
    questionsPerScene: 1,
    kinds: ['route-planning'],
  }),
];

const ASKED = ROOMS.flatMap(({ scene, questions }) =>
  questions.map((question) => ({ scene, question })),
);

const ofKind = (kind: QuestionKindName): readonly AskedQuestion[] =>
  ASKED.filter(({ question }) => question.kind === kind).map(({ question }) => question);

/** The answer in words: the right option without its letter, or the number. */
function wordsOf({ answer, options }: AskedQuestion): string {
  return options.find((option) => option.startsWith(`${answer}. `))?.slice(3) ?? answer;
}

function single(scene: RoomScene, category: string): RoomObject {
  const found = scene.objects.filter((object) => object.category === category);
  expect(found).toHaveLength(1);
  return found[0]!;
}

const between = (a: RoomObject, b: RoomObject): number =>
  Math.hypot(a.centre[0] - b.centre[0], a.centre[1] - b.centre[1]);

function directionOracle(scene: RoomScene, { problem, kind }: AskedQuestion): string {
  const [, ...names] = /at the (\w+) and face the (\w+)\. where is the (\w+)/u.exec(problem)!;
  const [observer, faced, target] = names.map((name) => single(scene, name));
  const bearing = (to: RoomObject): number =>
    Math.atan2(to.centre[0] - observer!.centre[0], to.centre[1] - observer!.centre[1]);
  const turn = ((((bearing(target!) - bearing(faced!)) * 180) / Math.PI + 540) % 360) - 180;
  const side = turn < 0 ? 'left' : 'right';
  if (kind === 'relative-direction-hard')
    return `${Math.abs(turn) < 90 ? 'front' : 'back'} ${side}`;
  return kind === 'relative-direction-medium' && Math.abs(turn) >= 135 ? 'back' : side;
}

const firstSeen = (scene: RoomScene, category: string): number =>
  Math.min(
    ...scene.objects.filter((o) => o.category === category).map((o) => o.sighting.firstSeen!),
  );

const ORACLES: Readonly<
  Record<QuestionKindName, (scene: RoomScene, question: AskedQuestion) => string>
> = {
  'relative-direction-easy': directionOracle,
  'relative-direction-medium': directionOracle,
  'relative-direction-hard': directionOracle,
  'appearance-order': (scene, { problem }) =>
    problem
      .replace(/.*: (.*)\?/u, '$1')
      .split(', ')
      .sort((a, b) => firstSeen(scene, a) - firstSeen(scene, b))
      .join(', '),
  'absolute-distance': (scene, { problem }) => {
    const [, a, b] = /is the (\w+) away from the (\w+)/u.exec(problem)!;
    return between(single(scene, a!), single(scene, b!)).toFixed(1);
  },
  'object-size': (scene, { problem }) =>
    `${Math.round(Math.max(...single(scene, /side of the (\w+)/u.exec(problem)![1]!).size) * 100)}`,
  'room-size': ({ size }) => (size[0] * size[1]).toFixed(1),
  'relative-distance': (scene, { problem, options }) => {
    const anchor = single(scene, /closest to the (\w+)/u.exec(problem)![1]!);
    return options
      .map((option) => single(scene, option.slice(3)))
      .sort((a, b) => between(anchor, a) - between(anchor, b))[0]!.category;
  },
  'route-planning': (scene, { problem }) => {
    const names = /from the (\w+) to the (\w+) and away to the (\w+)\./u.exec(problem)!.slice(1);
    const [from, at, to] = names.map((name) => single(scene, name).centre);
    // Bearings are clockwise from north.
    const [before, after] = [
      Math.atan2(at![0] - from![0], at![1] - from![1]),
      Math.atan2(to![0] - at![0], to![1] - at![1]),
    ];
    const turn = ((((after - before) * 180) / Math.PI + 540) % 360) - 180;
    if (Math.abs(turn) > 135) return 'back';
    return turn < 0 ? 'left' : 'right';
  },
  counting: (scene, { problem }) =>
    `${scene.objects.filter(({ category }) => problem.endsWith(`: ${category}?`)).length}`,
};

function tally(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

const greatestShare = (values: readonly string[]): number =>
  Math.max(...tally(values).values()) / values.length;

describe.each(ALL_QUESTION_KINDS)('%s', (kind) => {
  const hasLetters = kind === 'relative-distance';
  const hasEnding = ['relative-direction-hard', 'appearance-order'].includes(kind);
  /** A letter a line, instead of the word at the end; or what leads to the letter, instead of the option of seven words. */
  const letterWords = hasLetters ? 3 : hasEnding ? 2 : 0;
  const questions = ofKind(kind);

  test('answers are true', () => {
    expect(questions.length).toBeGreaterThan(120);
    for (const { scene, question } of ASKED) {
      if (question.kind === kind) expect(wordsOf(question)).toBe(ORACLES[kind](scene, question));
    }
  });

  test('demonstrations hold the true map and the solution, and are short', () => {
    for (const { demonstration, solution, answer, map, options } of questions) {
      expect(demonstration).toMatch(
        /^<think><map>\{.*\}<\/map> .*<\/think><answer>[^<]+<\/answer>$/u,
      );
      expect(extractAnswer(demonstration)).toBe(answer);
      expect(demonstration.endsWith(solution)).toBe(true);
      const text = /<map>(.*)<\/map>/u.exec(demonstration)![1]!;
      expect(parseCognitiveMap(text, Object.keys(map))).toEqual(map);
      if (options.length > 0) {
        const right = options.find((option) => option.startsWith(`${answer}. `))!;
        const word = right.slice(3);
        const ending = endingOf(kind, options, word);
        const said = kind === 'appearance-order' ? word.replaceAll(', ', ' ') : word;
        const last = hasLetters ? ` ${ending}</think>` : ` ${said} ${ending}</think>`;
        expect(demonstration).toContain(last);
      }
      expect(wordCount(demonstration)).toBeLessThanOrEqual(MOST_DEMONSTRATION_WORDS + letterWords);
      expect(wordCount(demonstration)).toBeLessThan(DEFAULT_RUN.sampler.maxNewTokens);
    }
    const mean =
      questions.reduce((sum, { demonstration }) => sum + wordCount(demonstration), 0) /
      questions.length;
    expect(mean).toBeLessThan(104 + letterWords);
  });

  if (hasLetters) {
    test('the least distance in the steps stands behind the letter of the answer', () => {
      for (const { demonstration, answer } of questions) {
        const lines = [...demonstration.matchAll(/([A-C])"\w+":\S+ \d,\d (\d+)/gu)];
        const nearest = lines.toSorted((a, b) => Number(a[2]) - Number(b[2]))[0];
        expect([lines.length, nearest?.[1]]).toEqual([3, answer]);
      }
    });
  }

  if (kind === 'appearance-order') {
    test('the cells and moments in the steps are those of what is seen first', () => {
      for (const { scene, question } of ASKED.filter((asked) => asked.question.kind === kind)) {
        const [, steps] = question.demonstration.split('</map> ');
        expect(steps).toMatch(scene.camera.mirrored ? /^left / : /^right /);
        const lines = [...steps!.matchAll(/ (\w+) (\d),(\d) (\d)(?= )/gu)];
        expect(lines).toHaveLength(3);
        for (const [, category, column, row, moment] of lines) {
          const first = firstSeen(scene, category!);
          expect(Number(moment)).toBe(Math.floor(first / 2));
          const cells = scene.objects
            .filter((o) => o.category === category && o.sighting.firstSeen === first)
            .map(({ centre }) => cellOf(centre));
          expect(cells).toContainEqual([Number(column), Number(row)]);
        }
      }
    });
  }

  test('entries in the steps are copies of entries of the map', () => {
    for (const { demonstration } of questions) {
      const [map, steps] = demonstration.split('</map>');
      for (const entry of steps!.match(/"\w+":\[\[.*?\]\]/gu) ?? []) expect(map).toContain(entry);
    }
  });

  test('classes of answers are equally frequent', () => {
    const counts = [...tally(questions.map(({ answerClass }) => answerClass)).values()];
    expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.5);
  });

  test('the best constant answer scores little', () => {
    const { options } = questions[0]!;
    const answers = questions.map(({ answer }) => answer);
    if (options.length > 0) {
      expect(greatestShare(answers)).toBeLessThan(1 / options.length + 0.04);
      return;
    }
    const scores = [...new Set(answers)].map(
      (constant) =>
        answers.reduce(
          (sum, answer) => sum + meanRelativeAccuracy(Number(constant), Number(answer)),
          0,
        ) / answers.length,
    );
    const bound = kind === 'absolute-distance' ? 0.42 : 0.6;
    expect(Math.max(...scores)).toBeLessThan(bound);
  });
});

describe('options', () => {
  const choices = ASKED.map(({ question }) => question).filter(({ options }) => options.length > 0);

  test('are lettered, different, and one of them is right', () => {
    for (const { options, answer } of choices) {
      expect(options.map((option) => option.slice(0, 3))).toEqual(
        ['A. ', 'B. ', 'C. ', 'D. '].slice(0, options.length),
      );
      expect(new Set(options.map((option) => option.slice(3))).size).toBe(options.length);
      expect(options.some((option) => option.startsWith(`${answer}. `))).toBe(true);
    }
  });

  test('no category is right much more often than the others when it is offered', () => {
    const offered = tally(
      ofKind('relative-distance').flatMap(({ options }) => options.map((o) => o.slice(3))),
    );
    const right = tally(ofKind('relative-distance').map(wordsOf));
    for (const [category, count] of offered)
      expect(right.get(category)! / count).toBeLessThan(0.55);
  });

  test('the words of all questions are few and lower case', () => {
    const words = new Set(
      ASKED.flatMap(({ question }) =>
        `${question.problem} ${question.options.join(' ')}`.match(/[a-zA-Z]+/gu)!,
      ),
    );
    expect(words.size).toBeLessThan(60);
    for (const word of words) expect(word).toMatch(/^([a-z]+|[A-D])$/u);
  });
});

describe('askScene', () => {
  const scene = questionSceneOf(generateRoom(1));

  test('refuses unknown kinds', () => {
    const ask = () => askScene(scene, 'smell' as QuestionKindName, randomStream(1));
    expect(ask).toThrow(/no question kind "smell"/u);
  });

  test('returns undefined where the room offers no such answer', () => {
    expect(askScene(scene, 'counting', randomStream(1), { answerClass: '9' })).toBeUndefined();
  });
});
