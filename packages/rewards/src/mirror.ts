import { definePlugin, extractSolution, formatCognitiveMap, moveMap } from '@loci/core';
import type { RewardExamples, RewardOutcome, Sample } from '@loci/core';
import { z } from 'zod';
import { looksNamed } from './look-options.ts';
import {
  MIRRORED_COLUMNS,
  answerAgreement,
  mapAgreement,
  readSaid,
} from './mirror/compare-mirrored.ts';
import type { Said } from './mirror/compare-mirrored.ts';
import { mirrorOfAnswers } from './mirror/mirrored-answer.ts';
import type { AnswerMirror } from './mirror/mirrored-answer.ts';

const options = z.strictObject({
  completions: z
    .int()
    .positive()
    .optional()
    .describe('Completions of each mirrored video; half of the group by default.'),
  map: z
    .enum(['ignore', 'columns'])
    .default('ignore')
    .describe(
      'Whether the imagined map must be mirrored as well: `columns` where columns grow to the right of the camera, as in generated rooms.',
    ),
});

/**
 * Whether the model answers the mirrored video as a mirrored room must be answered: left and right exchanged, distances, counts,
 * sizes and the order of appearance unchanged. The idea is SVQA-R1's (arXiv 2506.01371); the formula is ours. The value is the mean
 * agreement with the completions of the mirrored video: of the answers, or of answers and maps in equal parts with `map: columns`
 * where the sample has a map. The parts are `answer` and `map`.
 *
 * The question alone decides whether it abstains, see `mirrorOfAnswers`. The true answer is never looked at, so **a wrong answer that
 * mirrors earns 1**: reward it behind a right one.
 *
 * @example { use: 'mirror', weight: 0.5, gate: { reward: 'answer', above: 0.5 } }
 */
export const mirror = definePlugin({
  kind: 'reward',
  name: 'mirror',
  description: 'Whether the mirrored video gets the mirrored answer.',
  options,
  create: ({ completions: count, map }) => {
    const looks = looksNamed(['mirrored'], count);
    const [look] = Object.keys(looks) as [string];
    return {
      range: [0, 1],
      parts: ['answer', ...(map === 'columns' ? ['map'] : [])],
      looks,
      examples: (sample) => mirroredExample(sample, look),
      score: (input): readonly RewardOutcome[] => {
        const { sample, completions } = input;
        const mirrored = input.looks?.get(look)?.completions ?? [];
        const rule = mirrorOfAnswers(sample);
        const reason =
          'unknown' in rule
            ? rule.unknown
            : mirrored.length === 0
              ? 'no completions of the mirrored video'
              : undefined;
        if ('unknown' in rule || reason !== undefined) {
          return completions.map(() => ({ status: 'abstained', reason: reason! }));
        }
        const withMap = map === 'columns' && sample.map !== undefined;
        const others = mirrored.map(({ text }) => readSaid(text, rule, withMap));
        return completions.map(({ text }) =>
          agreement(readSaid(text, rule, withMap), others, rule, withMap),
        );
      },
    };
  },
});

function agreement(
  own: Said,
  others: readonly Said[],
  rule: AnswerMirror,
  withMap: boolean,
): RewardOutcome {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const answer = mean(others.map((other) => answerAgreement(own, other, rule)));
  const map = withMap ? mean(others.map((other) => mapAgreement(own, other))) : undefined;
  const reason = whyNothing(own, others, withMap);
  return {
    status: 'scored',
    value: map === undefined ? answer : (answer + map) / 2,
    parts: { answer, ...(map !== undefined && { map }) },
    ...(reason !== undefined && { reason }),
  };
}

function whyNothing(own: Said, others: readonly Said[], withMap: boolean): string | undefined {
  if (own.answer === undefined) return 'no answer that can be read';
  if (others.every(({ answer }) => answer === undefined)) {
    return 'no answer to the mirrored video can be read';
  }
  return withMap && own.map === undefined ? 'no map that can be read' : undefined;
}

/** What a model that sees the mirrored room answers; undefined where that is not known. */
function mirroredExample(sample: Sample, look: string): RewardExamples | undefined {
  const rule = mirrorOfAnswers(sample);
  const truth = extractSolution(sample.solution);
  if ('unknown' in rule || truth === undefined) return undefined;
  const answer = rule.of === 'number' ? truth : rule.letters.get(truth.toUpperCase());
  if (answer === undefined) return undefined;
  const drawn =
    sample.map === undefined
      ? ''
      : `<map>${formatCognitiveMap(moveMap(sample.map, MIRRORED_COLUMNS))}</map>`;
  return { looks: { [look]: [{ text: `<think>${drawn}</think><answer>${answer}</answer>` }] } };
}
