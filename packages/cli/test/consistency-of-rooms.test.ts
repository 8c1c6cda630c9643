/** The worked answers of generated rooms before the reward for consistency: the two share nothing but wordings and axes. */
import { describe, expect, test } from '@jest/globals';
import type { Reward, Sample } from '@loci/core';
import { createFromPlugin, parseOptions } from '@loci/core';
import { fakeLogger } from '@loci/core/testing';
import { CELL_M, roomSeries } from '@loci/datasets';
import type { AskedQuestion, QuestionKindName } from '@loci/datasets';
import { consistency } from '@loci/rewards';

const UNDETERMINED: readonly QuestionKindName[] = ['room-size', 'object-size', 'appearance-order'];
const DIRECTIONS: readonly QuestionKindName[] = [
  'relative-direction-easy',
  'relative-direction-medium',
  'relative-direction-hard',
];

/** What is said of a question's demonstration, and of the same with a wrong answer. */
interface Judged {
  readonly kind: QuestionKindName;
  readonly right: number | string;
  readonly wrong: number | string;
}

async function judgeRooms(): Promise<readonly Judged[]> {
  const context = { seed: 1, baseDirectory: '.', logger: fakeLogger() };
  const options = parseOptions(consistency, { cellMetres: CELL_M });
  const reward = await createFromPlugin(consistency, options, context);
  const judged: Judged[] = [];
  for (const { questions } of roomSeries({
    seed: 5,
    split: 'test',
    scenes: 160,
    questionsPerScene: 3,
  })) {
    for (const question of questions) {
      const texts = [question.demonstration, withAnswer(question, wrongAnswer(question))];
      const [right, wrong] = await valuesOf(reward, question, texts);
      judged.push({ kind: question.kind, right: right!, wrong: wrong! });
    }
  }
  return judged;
}

function wrongAnswer({ options, answer }: AskedQuestion): string {
  if (options.length === 0) return String(5 * Number(answer) + 3);
  return options.map((option) => option[0]!).find((letter) => letter !== answer)!;
}

function withAnswer({ demonstration }: AskedQuestion, answer: string): string {
  return demonstration.replace(/<answer>.*<\/answer>/u, `<answer>${answer}</answer>`);
}

async function valuesOf(
  reward: Reward,
  question: AskedQuestion,
  texts: readonly string[],
): Promise<readonly (number | string)[]> {
  const { problem, options, problemType, solution } = question;
  const media = [{ kind: 'video', path: 'room.mp4' }] as const;
  const sample: Sample = {
    id: 'room',
    source: 'SR_dataset',
    media,
    problem,
    options,
    problemType,
    solution,
  };
  const outcomes = await reward.score({
    sample,
    completions: texts.map((text) => ({ text, tokenCount: 100, finishReason: 'stop' })),
    outcomes: new Map(),
    signal: new AbortController().signal,
  });
  return outcomes.map((outcome) => (outcome.status === 'scored' ? outcome.value : outcome.status));
}

describe('the worked answers of generated rooms', () => {
  const rooms = judgeRooms();

  test('counts, distances and closest objects follow from their maps, wrong answers do not', async () => {
    const others = [...UNDETERMINED, ...DIRECTIONS];
    const determined = (await rooms).filter(({ kind }) => !others.includes(kind));
    expect(determined.length).toBeGreaterThan(120);
    for (const one of determined) expect(one).toMatchObject({ right: 1, wrong: 0 });
  });

  // The answer is that of the true places, and a few of those lie across a border from the middle of their cells.
  test('directions follow from their maps, but for one in thirty at the most', async () => {
    const directions = (await rooms).filter(({ kind }) => DIRECTIONS.includes(kind));
    expect(directions.length).toBeGreaterThan(120);
    const consistent = directions.filter(({ right }) => right === 1);
    expect(consistent.length / directions.length).toBeGreaterThan(29 / 30);
    for (const { wrong } of consistent) expect(wrong).toBe(0);
  });

  test('sizes and orders do not follow from a map', async () => {
    const undetermined = (await rooms).filter(({ kind }) => UNDETERMINED.includes(kind));
    expect(undetermined.length).toBeGreaterThan(120);
    for (const one of undetermined)
      expect(one).toMatchObject({ right: 'abstained', wrong: 'abstained' });
  });
});
