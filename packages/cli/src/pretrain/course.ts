/**
 * Makes the lessons of a step of a course. Half of them show a room, and train drawing and reading its map. The others train only reading.
 * With another room's film or without one, question and map are given, and only the text that follows from them is learned; or several
 * worked steps come in a row, or letters of options are looked up repeatedly.
 */
import {
  permutation,
  type PromptTemplate,
  type RandomStream,
  type Sample,
  type TrainingGroup,
} from '@loci/core';
import {
  askScene,
  CATEGORIES,
  endingOf,
  type AskedQuestion,
  type QuestionKindName,
} from '@loci/datasets';
import { drawAsked, type FreshRooms } from './fresh-rooms.ts';
import { sampleOfQuestion, type LessonEncoder } from './lessons.ts';
import { MAP_KINDS, READ_KINDS } from './map-reader.ts';
import { paperRoom } from './paper-rooms.ts';
import type { Course, KindTimes, PretrainRecipe } from './recipe.ts';
import { noted } from './slips.ts';
import {
  completionOf,
  drillStretches,
  mapStretch,
  readingStretches,
  withoutMap,
  type Stretch,
} from './worked-steps.ts';

/** Worked steps in a row. */
const STEPS_IN_A_ROW = 5;
/**
 * Categories, and shares of categories with one object, in the rooms of worked steps. One share gives enough single objects to ask which of
 * three is closest to a fourth; the other gives categories of two objects to count.
 */
const DRILL_CATEGORIES = 5;
const DRILL_SINGLE = [0.85, 0.35] as const;
/** How often a kind comes among the worked steps, where it is more than twice. */
const DRILLED_TIMES: KindTimes = {
  counting: 4,
  'relative-distance': 5,
};
/** Most attempts to find questions, since not every room allows every kind. */
const MOST_TRIES = 40;
/** Shares of the sorts of drills: worked steps in a row, letters of options, whole questions under a given map. */
const DRILL_SHARES = { steps: 0.1, letters: 0.1, reading: 0.8 } as const;
/** How often a kind comes among the letters to look up. Options of several words come more often than others. */
const LETTER_TIMES: KindTimes = {
  'relative-direction-easy': 1,
  'relative-direction-medium': 1,
  'relative-direction-hard': 3,
  'appearance-order': 3,
  'route-planning': 1,
};

/** Collaborators and settings of lessons. */
export interface CourseParts {
  readonly recipe: PretrainRecipe & { readonly course: Course };
  readonly encoder: LessonEncoder;
  readonly prompt: PromptTemplate;
  readonly rooms: FreshRooms;
}

const pick = <Item>(items: readonly Item[], random: RandomStream): Item =>
  items[Math.floor(random() * items.length)]!;

/** Kinds, each as often as it is to come. @param otherwise how often one comes that is not named. */
function timesOf(
  kinds: readonly QuestionKindName[],
  times: KindTimes = {},
  otherwise = 0,
): readonly QuestionKindName[] {
  return kinds.flatMap((kind) => new Array<QuestionKindName>(times[kind] ?? otherwise).fill(kind));
}

/** A lesson with the room's own film: map and steps are learned, with the slips of the recipe, or the steps alone. */
function seeing({ recipe, encoder, prompt, rooms }: CourseParts, random: RandomStream) {
  const kinds = timesOf(recipe.kinds, recipe.course.times, 1);
  const { slips, mapless = 0 } = recipe.course;
  const drawRoom = () => {
    const room = rooms.draw(random);
    return slips === undefined ? room : { ...room, scene: noted(room.scene, slips, random) };
  };
  const { room, question } = drawAsked(drawRoom, kinds, random);
  const sample = sampleOfQuestion(question, 'seen/0');
  const isMapless = mapless > 0 && random() < mapless;
  const messages = prompt.render(isMapless ? askingForNone(sample) : sample);
  const text = isMapless ? withoutMap(completionOf(question)) : completionOf(question);
  return encoder.stretches(messages, room.frames(), [{ text, learned: true }]);
}

/** The question without a map, for which no prompt asks then. */
function askingForNone({ map: _, ...sample }: Sample): Sample {
  return sample;
}

/** A question about a room on paper. */
function askPaper(kinds: readonly QuestionKindName[], random: RandomStream): AskedQuestion {
  return drawAsked(() => ({ scene: paperRoom(random) }), kinds, random).question;
}

/** Kinds of the questions that are answered from a given map. */
function readKinds({ kinds, course }: CourseParts['recipe']): readonly QuestionKindName[] {
  return timesOf(
    READ_KINDS.filter((kind) => kinds.includes(kind)),
    course.times,
    1,
  );
}

/** A lesson with another room's film: the text that follows from the map is learned. */
function reading({ encoder, prompt, rooms, recipe }: CourseParts, random: RandomStream) {
  const question = askPaper(readKinds(recipe), random);
  const messages = prompt.render(sampleOfQuestion(question, 'read/0'));
  return encoder.stretches(messages, rooms.draw(random).frames(), readingStretches(question));
}

/** A question about a room on paper without a film: the text that follows from the map is learned. */
function readingDrill({ encoder, prompt, recipe }: CourseParts, random: RandomStream) {
  const question = askPaper(readKinds(recipe), random);
  const messages = prompt.render(sampleOfQuestion(question, 'paper/0'));
  return encoder.stretches(messages, undefined, readingStretches(question));
}

/** Worked steps of several questions about one room on paper, one per line after its map, without question or film. */
function stepsDrill({ encoder, recipe }: CourseParts, random: RandomStream) {
  const categories = shuffled(CATEGORIES, random).slice(0, DRILL_CATEGORIES);
  const scene = paperRoom(random, categories, pick(DRILL_SINGLE, random));
  const drilled = drilledKinds(recipe);
  const parts: Stretch[] = [];
  const asked = new Set<string>();
  for (let tried = 0; asked.size < STEPS_IN_A_ROW && tried < MOST_TRIES; tried++) {
    const question = askScene(scene, pick(drilled, random), random);
    if (question === undefined || asked.has(question.problem)) continue;
    if (asked.size === 0) parts.push(mapStretch(question));
    asked.add(question.problem);
    parts.push(...drillStretches({ ...question, demonstration: unlettered(question) }));
    parts.push({ text: '\n', learned: false });
  }
  const heading = { role: 'user', parts: [{ type: 'text', text: STEPS_HEADING }] } as const;
  return encoder.stretches([heading], undefined, parts);
}

/**
 * Kinds of the worked steps: those that read the map come twice, counts four times, and the closest object, which few rooms allow, five
 * times; all as often again as the recipe asks for.
 */
function drilledKinds({ kinds, course }: CourseParts['recipe']): readonly QuestionKindName[] {
  const read = Object.fromEntries(MAP_KINDS.map((kind) => [kind, 2]));
  return timesOf(timesOf(kinds, { ...read, ...DRILLED_TIMES }, 1), course.times, 1);
}

/** Heading of a drill of steps. */
const STEPS_HEADING = 'Objects';

/**
 * A demonstration whose steps end with the word, since a drill has no options in which to look up the letter. Steps that have letters in
 * them lead to one without the options.
 */
function unlettered({ kind, demonstration, options, answer }: AskedQuestion): string {
  const option = options.find((text) => text.startsWith(answer));
  if (kind === 'relative-distance' || option === undefined) return demonstration;
  const ending = endingOf(kind, options, option.slice(3));
  return demonstration.replace(` ${ending}</think>`, '</think>');
}

/**
 * A question with options, and their words in random order, each once, with what leads to its letter, as the kind's steps end. The closest
 * object does not come: its steps have letters in them.
 */
function lettersDrill({ encoder, prompt, recipe }: CourseParts, random: RandomStream) {
  const asked = askPaper(timesOf(recipe.kinds, LETTER_TIMES), random);
  const order = shuffled(asked.options, random);
  const parts = order.flatMap((option): Stretch[] => [
    { text: ` ${option.slice(3).replaceAll(', ', ' ')}`, learned: false },
    { text: ` ${endingOf(asked.kind, asked.options, option.slice(3))}`, learned: true },
  ]);
  parts.push({ text: `</think><answer>${order.at(-1)![0]!}</answer>`, learned: true });
  const sample = sampleOfQuestion(asked, 'letters/0');
  return encoder.stretches(prompt.render(sample), undefined, parts);
}

function shuffled<Item>(items: readonly Item[], random: RandomStream): readonly Item[] {
  const order = permutation(items.length, Math.floor(random() * 2 ** 32));
  return Array.from(order, (index) => items[index]!);
}

/** Gives every learned token of a batch the same weight, so that the weights sum to 1. */
export function asLearnedMean(groups: readonly TrainingGroup[]): TrainingGroup[] {
  const sum = (weights: Float32Array): number =>
    weights.reduce((total, weight) => total + weight, 0);
  const total = groups.reduce((all, { targets }) => all + sum(targets[0]!.weights), 0);
  return groups.map((group) => ({
    ...group,
    targets: group.targets.map(({ weights }) => ({ weights: weights.map((w) => w / total) })),
  }));
}

/** A batch of drills, all of one sort. */
export function drillsOfStep(
  parts: CourseParts,
  batch: number,
  random: RandomStream,
): TrainingGroup[] {
  const { steps, letters } = DRILL_SHARES;
  const drawn = random();
  const drill = drawn < steps ? stepsDrill : drawn < steps + letters ? lettersDrill : readingDrill;
  return asLearnedMean(Array.from({ length: batch }, () => drill(parts, random)));
}

/** A batch of lessons with films, a share of which show another room than question and map. */
export function filmsOfStep(
  parts: CourseParts,
  batch: number,
  random: RandomStream,
): TrainingGroup[] {
  const read = Math.round(batch * parts.recipe.course.reading);
  return asLearnedMean(
    Array.from({ length: batch }, (_, place) => (place < read ? reading : seeing)(parts, random)),
  );
}

/** The lessons of one step of the imitation: a batch of drills or of films. */
export function lessonsOfStep(parts: CourseParts, random: RandomStream): TrainingGroup[] {
  const { course, supervised } = parts.recipe;
  const { batch } = supervised;
  if (random() < course.drills) return drillsOfStep(parts, batch, random);
  return filmsOfStep(parts, batch, random);
}

/** Texts that contain every word of the lessons, for the tokenizer. */
export function* courseTexts(
  kinds: readonly QuestionKindName[],
  prompt: PromptTemplate,
  random: RandomStream,
): Generator<string> {
  yield STEPS_HEADING;
  for (let drawn = 0; drawn < TEXTS; drawn++) {
    const scene = paperRoom(random);
    for (const kind of kinds) {
      const question = askScene(scene, kind, random);
      if (question === undefined) continue;
      for (const { parts } of prompt.render(sampleOfQuestion(question, 'words/0'))) {
        for (const part of parts) if (part.type === 'text') yield part.text;
      }
      yield question.demonstration;
    }
  }
}

/** Number of rooms on paper whose questions contain all words. */
const TEXTS = 400;
