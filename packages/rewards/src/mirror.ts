import { definePlugin, extractSolution, formatCognitiveMap, moveMap } from '@loci/core';
import type { RewardExamples, RewardOutcome, Sample } from '@loci/core';
import { z } from 'zod';
import { looksNamed } from './look-options.ts';
import {
  MIRRORED_COLUMNS,
  answerAgreement,
  mapAgreement,
  readCompletion,
} from './mirror/compare-mirrored.ts';
import type { ReadCompletion } from './mirror/compare-mirrored.ts';
import { mirrorOfAnswers } from './mirror/mirrored-answer.ts';
import type { AnswerMirror } from './mirror/mirrored-answer.ts';

const options = z.strictObject({
  completions: z
    .int()
    .positive()
    .optional()
    .describe('Completions for each mirrored video; by default half of the group.'),
  map: z
    .enum(['ignore', 'columns'])
    .default('ignore')
    .describe(
      'Whether the imagined map must be mirrored too: `columns` when columns grow to the right of the camera, as in generated rooms.',
    ),
});

/**
 * Whether the mirrored video gets the mirrored answer: left and right exchanged; distances, counts, sizes and the order of appearance
 * unchanged. The idea is SVQA-R1's (arXiv 2506.01371), the formula is ours. The value is the mean agreement with the completions of the
 * mirrored video: of the answers, or, with `map: columns` and a sample that has a map, of answers and maps in equal parts. The parts are
 * `answer` and `map`.
 *
 * Abstaining depends only on the question, see `mirrorOfAnswers`. The reward never reads the true answer, so **a wrong answer that mirrors
 * earns 1**: put it behind a gate on the right answer.
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
        const others = mirrored.map(({ text }) => readCompletion(text, rule, withMap));
        return completions.map(({ text }) =>
          agreement(readCompletion(text, rule, withMap), others, rule, withMap),
        );
      },
    };
  },
});

function agreement(
  own: ReadCompletion,
  others: readonly ReadCompletion[],
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

function whyNothing(
  own: ReadCompletion,
  others: readonly ReadCompletion[],
  withMap: boolean,
): string | undefined {
  if (own.answer === undefined) return 'no answer that can be read';
  if (others.every(({ answer }) => answer === undefined)) {
    return 'no answer to the mirrored video can be read';
  }
  return withMap && own.map === undefined ? 'no map that can be read' : undefined;
}

/** The right answer to the mirrored video, as an example; undefined when the rule does not give one. */
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
