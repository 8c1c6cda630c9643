/**
 * Tests whether a model answers from its map. It completes questions about held-out rooms freely, and after a forced map: the true one,
 * another room's, and one with every object two cells away. It compares the answers with an exact reader of the same maps, and the maps of
 * training rooms with those of fresh ones.
 */
import {
  deriveSeed,
  extractAnswer,
  extractMapText,
  extractSolution,
  formatCognitiveMap,
  meanRelativeAccuracy,
  parseCognitiveMap,
  randomStream,
  type CognitiveMap,
  type EncodedPrompt,
  type Policy,
  type PromptTemplate,
} from '@loci/core';
import { CATEGORIES, type AskedQuestion, type QuestionKindName } from '@loci/datasets';
import { sampleOfQuestion, type LessonEncoder } from '../pretrain/lessons.ts';
import type { Item } from './asked-rooms.ts';
import { completeAll } from './complete.ts';
import { readMap } from './exact-reader.ts';
import { foreignMap, noisyMap } from './forced-maps.ts';
import { inWords } from './named-things.ts';

/** Scores of one question, from 0 to 1. */
export interface DiagnosedQuestion {
  readonly kind: QuestionKindName;
  readonly free: number;
  /** With the true map forced. */
  readonly forcedTrue: number;
  /** With a map forced in which every object is two cells away. */
  readonly forcedNoisy: number;
  /** With another room's map forced, scored on the question's own room. */
  readonly foreignOwn: number;
  /** The same answer scored on that other room; absent where the map does not determine the answer. */
  readonly foreignOther?: number;
  /** An exact reader of the true map; absent where the map does not determine the answer. */
  readonly readerOfTrue?: number;
  /** An exact reader of the model's own map; a guess where that map does not determine the answer. */
  readonly readerOfOwn?: number;
}

/** The true and the imagined map of a room. */
export interface DiagnosedMap {
  readonly truth: CognitiveMap;
  readonly imagined: CognitiveMap;
}

/** Collaborators of a diagnosis. */
export interface DiagnosisParts {
  readonly policy: Policy;
  readonly encoder: LessonEncoder;
  readonly prompt: PromptTemplate;
  /** A line for people. */
  log(line: string): void;
  /** Receives the progress of films and completions; absent where no display shows it. */
  readonly progress?: ((label: string, done: number, total: number) => void) | undefined;
}

const SEED = 3;

/** The score of an answer in words or as a number. */
function score({ options }: AskedQuestion, answer: string | undefined, truth: string): number {
  if (answer === undefined || answer === '') return 0;
  if (options.length > 0) return answer === truth ? 1 : 0;
  const number = Number(answer);
  return Number.isFinite(number) ? meanRelativeAccuracy(number, Number(truth)) : 0;
}

function prefixOf(map: CognitiveMap): string {
  return `<think><map>${formatCognitiveMap(map)}</map>`;
}

function mapIn(text: string): CognitiveMap {
  return parseCognitiveMap(extractMapText(text) ?? '', CATEGORIES);
}

function answerIn(question: AskedQuestion, text: string): string | undefined {
  const answer = extractAnswer(text);
  return answer === undefined ? undefined : inWords(question, answer);
}

/** Completes every item freely and after each of the three maps. */
export async function diagnoseReading(
  { policy, encoder, prompt, log, progress }: DiagnosisParts,
  items: readonly Item[],
): Promise<readonly DiagnosedQuestion[]> {
  const asked = items.map(({ question, room }, index) => {
    progress?.('filmed', index, items.length);
    const truth = inWords(question, extractSolution(question.solution)!)!;
    const random = randomStream(deriveSeed(SEED, 'maps', index));
    const messages = prompt.render(sampleOfQuestion(question, `diagnose/${index}`));
    return {
      question,
      truth,
      plain: encoder.asked(messages, room.frames()),
      foreign: foreignMap(question, truth, random),
      noisy: noisyMap(question.map, random),
    };
  });
  const run = async (name: string, maps?: readonly CognitiveMap[]): Promise<readonly string[]> => {
    const begun = asked.map(({ plain }, index): EncodedPrompt =>
      maps === undefined ? plain : begin(policy, plain, prefixOf(maps[index]!)),
    );
    const texts = await completeAll(policy, begun, (done) => progress?.(name, done, begun.length));
    log(`${name}: ${begun.length} questions`);
    return maps === undefined ? texts : texts.map((text, index) => prefixOf(maps[index]!) + text);
  };
  const free = await run('free');
  const forcedTrue = await run(
    'true map',
    asked.map(({ question }) => question.map),
  );
  const forcedNoisy = await run(
    'noisy map',
    asked.map(({ noisy }) => noisy),
  );
  const foreign = await run(
    'other map',
    asked.map((one) => one.foreign.map),
  );
  return asked.map(({ question, truth, foreign: other }, index): DiagnosedQuestion => {
    const scored = (texts: readonly string[], against = truth): number =>
      score(question, answerIn(question, texts[index]!), against);
    const reader = (map: CognitiveMap) => readerScore(question, map, truth);
    const isRead = readMap(question, question.map) !== undefined;
    return {
      kind: question.kind,
      free: scored(free),
      forcedTrue: scored(forcedTrue),
      forcedNoisy: scored(forcedNoisy),
      foreignOwn: scored(foreign),
      ...(other.truth !== undefined && { foreignOther: scored(foreign, other.truth) }),
      ...(isRead && {
        readerOfTrue: reader(question.map),
        readerOfOwn: reader(mapIn(free[index]!)),
      }),
    };
  });
}

function begin(policy: Policy, prompt: EncodedPrompt, text: string): EncodedPrompt {
  return {
    ...prompt,
    tokenIds: Int32Array.of(...prompt.tokenIds, ...policy.processor.tokenize(text)),
  };
}

/** Answers with the best score without any knowledge, for the kinds with numbers that a map determines. */
const GUESSES: Partial<Record<QuestionKindName, string>> = {
  'absolute-distance': '2.5',
  counting: '1',
};

/** The score of an exact reader, or of a guess where the map does not determine the answer. */
function readerScore(question: AskedQuestion, map: CognitiveMap, truth: string): number {
  const read = readMap(question, map);
  if (read !== undefined) return score(question, read, truth);
  const { options, kind } = question;
  return options.length > 0 ? 1 / options.length : score(question, GUESSES[kind], truth);
}

/** Generates the model's map for every item. */
export async function diagnoseMaps(
  { policy, encoder, prompt, log, progress }: DiagnosisParts,
  name: string,
  items: readonly Item[],
): Promise<readonly DiagnosedMap[]> {
  const prompts = items.map(({ question, room }, index) =>
    encoder.asked(prompt.render(sampleOfQuestion(question, `${name}/${index}`)), room.frames()),
  );
  const texts = await completeAll(policy, prompts, (done) => progress?.(name, done, items.length));
  log(`${name}: ${texts.length} rooms`);
  return texts.map((text, index) => ({
    truth: items[index]!.question.map,
    imagined: mapIn(text),
  }));
}
