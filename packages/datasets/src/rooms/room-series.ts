/**
 * Generates rooms with balanced questions: no kind, no class of answers and no letter gets far ahead of the others. Where a room
 * offers none of the wanted questions, another room is drawn.
 */
import { deriveSeed, LociError, randomStream, type RandomStream, type Split } from '@loci/core';
import { askScene, questionSceneOf, type AskedQuestion } from './ask-room.ts';
import { generateRoom } from './generate-room.ts';
import { QUESTION_KINDS, QUESTIONS, type QuestionKindName } from './questions/all.ts';
import type { QuestionScene } from './questions/question.ts';
import { DEFAULT_ROOM_OPTIONS, type RoomOptions } from './room-options.ts';
import type { RoomScene } from './scene.ts';
import { Tally } from './tally.ts';

/** Options of a series. */
export interface RoomSeriesOptions extends Partial<RoomOptions> {
  readonly seed: number;
  /** Rooms of different splits never have the same seed. */
  readonly split: Split;
  /** How many rooms; leave it out for a series without end. */
  readonly scenes?: number;
  /** Up to six are found quickly; more than that and balance may be impossible to keep. */
  readonly questionsPerScene: number;
  /** All kinds when left out. */
  readonly kinds?: readonly QuestionKindName[];
}

/** A room and the questions about it. */
export interface AskedRoom {
  /** Position in the series. */
  readonly index: number;
  readonly scene: RoomScene;
  readonly questions: readonly AskedQuestion[];
}

/** Rooms drawn for one place of the series before giving up. */
const MOST_REDRAWS = 400;
/** How far a class of answers may get ahead of the rarest one of its kind. */
const LEAD = 2;
/** Redraws after which one more lead is allowed, and how often at most: patience before balance breaks, then an error. */
const PATIENCE = { redraws: 20, most: 8 } as const;
/** Positions of the right option, taken modulo the number of options: 2, 3 and 4 all divide it. */
const SLOTS = Array.from({ length: 12 }, (_, slot) => `${slot}`);

/** Seed of a room: even for training, odd for testing, so that the splits have no room in common. */
export function roomSeed(seed: number, split: Split, index: number, redraw: number): number {
  const drawn = deriveSeed(seed, 'rooms', split, index, redraw);
  return ((drawn & ~1) | (split === 'test' ? 1 : 0)) >>> 0;
}

/** The questions so far, counted. */
interface Balance {
  readonly kinds: Tally<QuestionKindName>;
  readonly classes: ReadonlyMap<QuestionKindName, Tally<string>>;
  readonly slots: ReadonlyMap<QuestionKindName, Tally<string>>;
}

/** A question with the position that its right option took among the tallied ones. */
interface Placed {
  readonly question: AskedQuestion;
  readonly slot: string;
}

function count(balance: Balance, { question, slot }: Placed, times: 1 | -1): void {
  balance.kinds.use(question.kind, times);
  balance.classes.get(question.kind)!.use(question.answerClass, times);
  balance.slots.get(question.kind)!.use(slot, times);
}

/** A question of an open kind, with an answer of an open class, that was not asked of this room yet; or undefined. */
function askBalanced(
  scene: QuestionScene,
  random: RandomStream,
  balance: Balance,
  asked: readonly Placed[],
  lead: number,
): Placed | undefined {
  for (const kind of balance.kinds.open(random, lead + asked.length)) {
    const slot = balance.slots.get(kind)!.open(random, 1)[0]!;
    for (const answerClass of balance.classes.get(kind)!.open(random, lead)) {
      const question = askScene(scene, kind, random, { answerClass, slot: Number(slot) });
      const isNew = asked.every((other) => other.question.problem !== question?.problem);
      if (question !== undefined && isNew) return { question, slot };
    }
  }
  return undefined;
}

/** As many questions as wanted, counted in `balance`; undefined, and nothing counted, when the scene has not enough. */
function askAll(
  scene: RoomScene,
  wanted: number,
  balance: Balance,
  lead: number,
): readonly AskedQuestion[] | undefined {
  const random = randomStream(deriveSeed(scene.seed, 'questions'));
  const questionScene = questionSceneOf(scene);
  const asked: Placed[] = [];
  while (asked.length < wanted) {
    const placed = askBalanced(questionScene, random, balance, asked, lead);
    if (placed === undefined) {
      for (const other of asked) count(balance, other, -1);
      return undefined;
    }
    count(balance, placed, 1);
    asked.push(placed);
  }
  return asked.map(({ question }) => question);
}

/**
 * Draws rooms with balanced questions. The same options give the same rooms and questions, and a longer series begins with the
 * shorter one.
 * @throws LociError `question-impossible` when no room was found that offers what is wanted.
 *
 * @example
 * for (const { scene, questions } of roomSeries({ seed: 1, split: 'train', scenes: 100, questionsPerScene: 3 })) …
 */
export function* roomSeries(options: RoomSeriesOptions): Generator<AskedRoom, void, undefined> {
  const { seed, split, questionsPerScene } = options;
  const kinds = options.kinds ?? QUESTION_KINDS;
  const room: RoomOptions = {
    maxInstances: options.maxInstances ?? DEFAULT_ROOM_OPTIONS.maxInstances,
    cameraPaths: options.cameraPaths ?? DEFAULT_ROOM_OPTIONS.cameraPaths,
  };
  const balance: Balance = {
    kinds: new Tally(kinds),
    classes: new Map(kinds.map((kind) => [kind, new Tally(QUESTIONS[kind].classes(room))])),
    slots: new Map(kinds.map((kind) => [kind, new Tally(SLOTS)])),
  };
  for (let index = 0; index < (options.scenes ?? Infinity); index++) {
    let found: AskedRoom | undefined;
    for (let redraw = 0; redraw < MOST_REDRAWS && found === undefined; redraw++) {
      const scene = generateRoom(roomSeed(seed, split, index, redraw), room);
      const lead = LEAD + Math.min(PATIENCE.most, Math.floor(redraw / PATIENCE.redraws));
      const questions = askAll(scene, questionsPerScene, balance, lead);
      if (questions !== undefined) found = { index, scene, questions };
    }
    if (found === undefined) throw impossible(room, kinds, questionsPerScene, index);
    yield found;
  }
}

function impossible(
  room: RoomOptions,
  kinds: readonly QuestionKindName[],
  questionsPerScene: number,
  index: number,
): LociError {
  return new LociError(
    'question-impossible',
    `No room that offers ${questionsPerScene} new questions of the kinds ${kinds.join(', ')} was found in ${MOST_REDRAWS} ` +
      `tries (scene ${index}, camera paths ${room.cameraPaths.join(', ')}, maxInstances ${room.maxInstances}); ask fewer ` +
      'questions per scene, leave out a kind, or choose other camera paths.',
    { details: { kinds, index, room } },
  );
}
