import { definePlugin, extractAnswer } from '@loci/core';
import type { RewardOutcome } from '@loci/core';
import { z } from 'zod';
import { answerFromMap, namesOf } from './consistency/answer-from-map.ts';
import type { MapReading } from './consistency/answer-from-map.ts';
import { compare } from './consistency/compare.ts';
import { consistentCompletion } from './consistency/example.ts';
import { readImaginedMap } from './consistency/imagined-map.ts';
import { readQuestion } from './consistency/question.ts';
import type { MapQuestion } from './consistency/question.ts';

const options = z.strictObject({
  cellMetres: z
    .number()
    .positive()
    .optional()
    .describe('Side of a cell in metres (rooms: 0.7); without it distances are abstained from.'),
  fromSurface: z
    .enum(['abstain', 'centres'])
    .default('abstain')
    .describe(
      'Questions that measure from the closest points of objects: none of a map of centres, or answered by the centres.',
    ),
  rows: z
    .enum(['up', 'down'])
    .default('up')
    .describe(
      'Whether y grows away from the viewer of the map or toward; down mirrors directions.',
    ),
});

type ConsistencyOptions = z.infer<typeof options>;

/**
 * Whether the answer follows from the map that the completion itself imagined: the count, the closest object, the direction or the
 * distance is worked out from that map and compared with the answer. Ours; no other trainer has it. The true map and the true answer
 * are never looked at.
 *
 * **Abstaining depends on the question alone**, so a group is judged as a whole or not at all: other kinds of questions, other
 * wordings, room sizes, distances without `cellMetres`, and what is measured from surfaces. Whatever the completion leaves
 * out or open scores 0 with its reason: no map, no dictionary, something that is asked about missing, two of what must be one, a tie, a
 * target on the border of two directions. Could a completion choose to be abstained from, it would pay to draw less, or
 * everything in one cell.
 *
 * **A wrong answer that follows from a wrong map earns 1.** Reward it behind a right answer, or by a small weight.
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
      return completions.map(({ text }) => judge(text, question, settings));
    },
  }),
});

const UNKNOWN = 'the question asks nothing that a map tells, or in words that are not known';

/** Why a question has no answer on any map. */
function whyUndetermined(
  question: MapQuestion,
  { cellMetres, fromSurface }: ConsistencyOptions,
): string | undefined {
  if ('fromSurface' in question && question.fromSurface && fromSurface === 'abstain') {
    return 'a map of centres does not tell distances between surfaces';
  }
  if (question.asks === 'distance' && cellMetres === undefined) {
    return 'the size of a cell is not known: set cellMetres';
  }
  return undefined;
}

function abstainFrom(completions: readonly unknown[], reason: string): readonly RewardOutcome[] {
  return completions.map(() => ({ status: 'abstained', reason }));
}

function judge(text: string, question: MapQuestion, reading: MapReading): RewardOutcome {
  const said = extractAnswer(text);
  if (said === undefined) return { status: 'scored', value: 0, reason: 'no answer tag' };
  if (said === '') return { status: 'scored', value: 0, reason: 'empty answer' };
  const map = readImaginedMap(text, namesOf(question));
  if ('problem' in map) return { status: 'scored', value: 0, reason: map.problem };
  return { status: 'scored', ...compare(said, answerFromMap(question, map, reading), question) };
}
