import { definePlugin, extractAnswer } from '@loci/core';
import type { RewardOutcome } from '@loci/core';
import { z } from 'zod';
import { answerFromMap, namesOf } from './consistency/answer-from-map.ts';
import type { MapReading } from './consistency/answer-from-map.ts';
import { compare } from './consistency/compare.ts';
import { consistentCompletion } from './consistency/example.ts';
import { readImaginedMap } from './consistency/imagined-map.ts';
import { mapReading, whyUndetermined } from './consistency/map-reading.ts';
import { readQuestion } from './consistency/question.ts';
import type { MapQuestion } from './consistency/question.ts';

const options = z.strictObject({
  ...mapReading,
  fromSurface: z
    .enum(['abstain', 'centres'])
    .default('abstain')
    .describe(
      'Questions that measure from the closest points of objects: abstain from them, or answer them by the centers of the map.',
    ),
});

/**
 * Whether the answer follows from the map that the completion itself imagined. The reward computes the count, the closest object, the
 * direction or the distance from that map and compares it with the answer. It never reads the true map or the true answer. The rule is our
 * own.
 *
 * **Abstaining depends only on the question**, so a group is judged as a whole or not at all. The reward abstains from other kinds of
 * questions, other wordings, room sizes, distances without `cellMetres`, and distances between surfaces. A gap in the completion scores 0
 * with its reason: no map, no dictionary, a missing object, two instances of an object that must be unique, a tie, or a target on the
 * border of two directions. If a completion could cause an abstention, it would pay to draw less, or everything in one cell.
 *
 * **A wrong answer that follows from a wrong map earns 1.** Put this reward behind a gate on the right answer, or give it a small weight.
 *
 * @example { use: 'consistency', weight: 0.5, gate: { reward: 'answer', above: 0.5 } }
 */
export const consistency = definePlugin({
  kind: 'reward',
  name: 'consistency',
  description: 'Whether the answer follows from the map that the completion itself imagined.',
  options,
  create: (settings) => ({
    range: [0, 1],
    perCompletion: true,
    parts: [],
    examples: (sample) => {
      const question = readQuestion(sample);
      const text = question && consistentCompletion(question, settings);
      return text === undefined ? undefined : { gold: { text } };
    },
    score: ({ sample, completions }) => {
      const question = readQuestion(sample);
      if (question === undefined) return abstainFrom(completions, UNKNOWN);
      const reason = whyUndetermined(question, settings);
      if (reason !== undefined) return abstainFrom(completions, reason);
      return completions.map(({ text }) => scoreText(text, question, settings));
    },
  }),
});

const UNKNOWN = 'no map answers this question, or its wording is not known';

function abstainFrom(completions: readonly unknown[], reason: string): readonly RewardOutcome[] {
  return completions.map(() => ({ status: 'abstained', reason }));
}

function scoreText(text: string, question: MapQuestion, reading: MapReading): RewardOutcome {
  const answer = extractAnswer(text);
  if (answer === undefined) return { status: 'scored', value: 0, reason: 'no answer tag' };
  if (answer === '') return { status: 'scored', value: 0, reason: 'empty answer' };
  const map = readImaginedMap(text, namesOf(question));
  if ('problem' in map) return { status: 'scored', value: 0, reason: map.problem };
  return { status: 'scored', ...compare(answer, answerFromMap(question, map, reading), question) };
}
