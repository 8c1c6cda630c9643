/**
 * The lessons of a step of a course. Half of them show a room and have its map drawn and read. The others teach to read: under
 * another room's film question and map are given, and only what follows from them is learned; without a film, several worked steps
 * stand in a row, or the letters of options are looked up again and again.
 */
import type { PromptTemplate, RandomStream, TrainingGroup } from '@loci/core';
import { askScene, type AskedQuestion, type QuestionKindName } from '@loci/datasets';
import { drawAsked, type FreshRooms } from './fresh-rooms.ts';
import { sampleOfQuestion, type LessonEncoder } from './lessons.ts';
import { paperRoom } from './paper-rooms.ts';
import type { Course, PretrainRecipe } from './recipe.ts';
import { completionOf, drillStretches, readingStretches, type Stretch } from './worked-steps.ts';

/** Kinds whose answers come from the map alone: those that are taught under a film of another room. */
const READ_KINDS: readonly QuestionKindName[] = [
  'absolute-distance',
  'counting',
  'relative-direction-easy',
  'relative-direction-medium',
  'relative-direction-hard',
  'relative-distance',
];
/** Worked steps in a row. */
const STEPS_IN_A_ROW = 4;
/** Share of the drills that look up letters. */
const LETTERS = 0.4;
/** Letters that are looked up in one drill, options being drawn again as they run out. */
const LOOKUPS = 8;

/** What makes up lessons. */
export interface CourseParts {
  readonly recipe: PretrainRecipe & { readonly course: Course };
  readonly encoder: LessonEncoder;
  readonly prompt: PromptTemplate;
  readonly rooms: FreshRooms;
}

const pick = <Item>(items: readonly Item[], random: RandomStream): Item =>
  items[Math.floor(random() * items.length)]!;

/** A room's own film, its map and the steps: all is learned. */
function seeing({ recipe, encoder, prompt, rooms }: CourseParts, random: RandomStream) {
  const { room, question } = drawAsked(() => rooms.draw(random), recipe.kinds, random);
  const messages = prompt.render(sampleOfQuestion(question, 'seen/0'));
  return encoder.stretches(messages, room.frames(), [
    { text: completionOf(question), learned: true },
  ]);
}

/** A question about a room on paper. */
function askPaper(kinds: readonly QuestionKindName[], random: RandomStream): AskedQuestion {
  return drawAsked(() => ({ scene: paperRoom(random) }), kinds, random).question;
}

/** Another room's film over question and map: what follows from the map is learned. */
function reading({ encoder, prompt, rooms, recipe }: CourseParts, random: RandomStream) {
  const kinds = READ_KINDS.filter((kind) => recipe.kinds.includes(kind));
  const question = askPaper(kinds, random);
  const messages = prompt.render(sampleOfQuestion(question, 'read/0'));
  return encoder.stretches(messages, rooms.draw(random).frames(), readingStretches(question));
}

/** Worked steps of one room on paper, one a line, without question, map or film. */
function stepsDrill({ encoder, recipe }: CourseParts, random: RandomStream) {
  const parts: Stretch[] = [];
  for (let row = 0; row < STEPS_IN_A_ROW; row++) {
    const question = askPaper(recipe.kinds, random);
    parts.push(...drillStretches({ ...question, demonstration: unlettered(question) }));
    parts.push({ text: '\n', learned: false });
  }
  return encoder.stretches(
    [{ role: 'user', parts: [{ type: 'text', text: STEPS_HEADING }] }],
    undefined,
    parts,
  );
}

/** What a drill of steps is headed by. */
export const STEPS_HEADING = 'Objects';

/** A demonstration whose steps end with the word: the letter has nothing to be looked up in. */
function unlettered({ demonstration, options, answer }: AskedQuestion): string {
  const option = options.find((text) => text.startsWith(answer));
  return option === undefined
    ? demonstration
    : demonstration.replace(` ${option}</think>`, '</think>');
}

/** A question with options, and their words in random order, each with its letter. */
function lettersDrill({ encoder, prompt, recipe }: CourseParts, random: RandomStream) {
  const lettered = recipe.kinds.filter(
    (kind) => kind.startsWith('relative') || kind === 'appearance-order',
  );
  const question = askPaper(lettered, random);
  const parts: Stretch[] = [];
  let option = '';
  for (let lookup = 0; lookup < LOOKUPS; lookup++) {
    option = pick(question.options, random);
    parts.push({ text: ` ${option.slice(3)}`, learned: false });
    parts.push({ text: ` ${option}`, learned: true });
  }
  parts.push({ text: `</think><answer>${option[0]!}</answer>`, learned: true });
  return encoder.stretches(
    prompt.render(sampleOfQuestion(question, 'letters/0')),
    undefined,
    parts,
  );
}

/** Makes every learned token of a batch weigh the same and the weights sum to 1. */
export function asLearnedMean(groups: readonly TrainingGroup[]): TrainingGroup[] {
  const sum = (weights: Float32Array): number =>
    weights.reduce((total, weight) => total + weight, 0);
  const total = groups.reduce((all, { targets }) => all + sum(targets[0]!.weights), 0);
  return groups.map((group) => ({
    ...group,
    targets: group.targets.map(({ weights }) => ({ weights: weights.map((w) => w / total) })),
  }));
}

/** The lessons of one step: a batch of drills, or films of which a share shows another room than question and map. */
export function lessonsOfStep(parts: CourseParts, random: RandomStream): TrainingGroup[] {
  const { course, supervised } = parts.recipe;
  const isDrill = random() < course.drills;
  const drill = random() < LETTERS ? lettersDrill : stepsDrill;
  return asLearnedMean(
    Array.from({ length: supervised.batch }, (_, place) => {
      if (isDrill) return drill(parts, random);
      const isReading = place < Math.round(supervised.batch * course.reading);
      return (isReading ? reading : seeing)(parts, random);
    }),
  );
}

/** Texts that hold every word of the lessons, for the tokenizer. */
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

/** Rooms on paper whose questions hold all words. */
const TEXTS = 400;
