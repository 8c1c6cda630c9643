/** Asks questions about a scene: adds lettered options, solution and demonstration to the draft of a kind. */
import { LociError, type CognitiveMap, type ProblemType, type RandomStream } from '@loci/core';
import { turnOf } from './camera.ts';
import { demonstrationOf, MOST_DEMONSTRATION_WORDS, wordCount } from './demonstration.ts';
import { shuffled } from './furnish.ts';
import { cellOf, cognitiveMapOf } from './grid.ts';
import { ALL_QUESTION_KINDS, QUESTIONS, type QuestionKindName } from './questions/all.ts';
import type { DraftQuestion, QuestionScene } from './questions/question.ts';
import type { RoomScene } from './scene.ts';

/** A complete question: a `Sample` without its id and video. */
export interface AskedQuestion {
  readonly kind: QuestionKindName;
  readonly problem: string;
  /** `"A. left"`; empty for numbers. */
  readonly options: readonly string[];
  readonly problemType: Extract<ProblemType, 'multiple choice' | 'numerical'>;
  /** Letter or number. */
  readonly answer: string;
  /** The answer in its tags. */
  readonly solution: string;
  /** Class of the answer that is balanced: a word or a range of numbers. */
  readonly answerClass: string;
  readonly map: CognitiveMap;
  readonly demonstration: string;
}

/** Wishes for a question; absent ones leave it open. */
export interface QuestionWish {
  readonly answerClass?: string;
  /** Position of the right option, counted from 0 and taken modulo the number of options. */
  readonly slot?: number;
}

const LETTERS = 'ABCDEF';

/** Classes of answers that a kind balances, where a category has at most `maxInstances` instances. */
export function answerClassesOf(kind: QuestionKindName, maxInstances: number): readonly string[] {
  return QUESTIONS[kind].classes({ maxInstances });
}

/** A generated room as questions see it. */
export function questionSceneOf(room: RoomScene): QuestionScene {
  const [width, depth] = room.size;
  return {
    map: cognitiveMapOf(room),
    objects: room.objects.map(({ category, centre, size, turn, sighting }) => {
      const [x, y, z] = size.map((meters) => Math.round(meters * 100)) as [number, number, number];
      return {
        category,
        centre,
        cell: cellOf(centre),
        sizeCm: turn % 2 === 0 ? ([x, y, z] as const) : ([y, x, z] as const),
        ...(sighting.firstSeen === undefined ? {} : { firstSeen: sighting.firstSeen }),
      };
    }),
    areaM2: width * depth,
    sidesM: [width, depth],
    metricGrid: true,
    turn: turnOf(room.camera.path, room.camera.mirrored),
  };
}

/**
 * Asks a question of a kind about a scene. Returns undefined when the scene offers none of that kind (and wanted class) that is
 * unambiguous and short enough to work out: draw another scene then. `roomSeries` balances the answers.
 * @throws LociError `question-kind-unknown`.
 */
export function askScene(
  scene: QuestionScene,
  kind: QuestionKindName,
  random: RandomStream,
  wish: QuestionWish = {},
): AskedQuestion | undefined {
  if (!Object.hasOwn(QUESTIONS, kind)) {
    throw new LociError(
      'question-kind-unknown',
      `There is no question kind "${String(kind)}"; use one of ${ALL_QUESTION_KINDS.join(', ')}.`,
    );
  }
  const [draft] = QUESTIONS[kind].drafts(scene, random, wish.answerClass);
  return draft && letterQuestion(scene, kind, draft, random, wish.slot);
}

/**
 * Adds letters and a demonstration to a draft; undefined when the demonstration is too long for a model that works on the map.
 *
 * @param wantedSlot Position of the right option, taken modulo the number of options; random when left out.
 */
export function letterQuestion(
  scene: Pick<QuestionScene, 'map' | 'metricGrid'>,
  kind: QuestionKindName,
  draft: DraftQuestion,
  random: RandomStream,
  wantedSlot?: number,
): AskedQuestion | undefined {
  const { problem, answerClass, steps, letteredSteps, wrong } = draft;
  const words = wrong === undefined ? [] : shuffled(random, wrong);
  if (wrong !== undefined) {
    const slot = wantedSlot ?? Math.floor(random() * (wrong.length + 1));
    words.splice(slot % (wrong.length + 1), 0, draft.answer);
  }
  const options = words.map((word, index) => `${LETTERS[index]!}. ${word}`);
  const right = words.indexOf(draft.answer);
  const answer = options[right]?.[0] ?? draft.answer;
  const option = options[right];
  const rest = { map: scene.map, ...(option !== undefined && { option }), answer };
  const inWords = demonstrationOf({ ...rest, steps });
  if (scene.metricGrid && wordCount(inWords) > MOST_DEMONSTRATION_WORDS) return undefined;
  const demonstration = (): string => {
    const ending = scene.metricGrid ? QUESTIONS[kind].ending?.(options, draft.answer) : undefined;
    if (ending !== undefined) {
      return demonstrationOf({ map: scene.map, steps: `${steps} ${ending}`, answer });
    }
    if (letteredSteps === undefined) return inWords;
    return demonstrationOf({ ...rest, steps: letteredSteps(options) });
  };
  return {
    kind,
    problem,
    options,
    problemType: options.length === 0 ? 'numerical' : 'multiple choice',
    answer,
    solution: `<answer>${answer}</answer>`,
    answerClass,
    map: scene.map,
    demonstration: demonstration(),
  };
}
