import {
  clipToGrid,
  countInstances,
  definePlugin,
  extractMapText,
  mapAccuracy,
  messageOf,
  parseCognitiveMap,
  scoreMap,
} from '@loci/core';
import type { CognitiveMap, ProblemType, RewardInput, RewardOutcome } from '@loci/core';
import { z } from 'zod';
import { compatOption } from './compat-option.ts';

const options = z.strictObject({
  compat: compatOption,
  when: z
    .enum(['answer-correct', 'always'])
    .default('answer-correct')
    .describe(
      'SpaceR adds the map score to right answers only; `always` adds it to every completion.',
    ),
  penalty: z
    .boolean()
    .default(true)
    .describe('A map that scores 0 takes the reward of a right answer away (answer-correct only).'),
  power: z.number().positive().default(1).describe('The score is raised to this power.'),
  clip: z.boolean().default(false).describe('Move points beyond the grid to its edge.'),
  surplusWeight: z
    .number()
    .nonnegative()
    .default(0)
    .describe('What an instance of a category that is not there costs, in true instances.'),
});

type MapOptions = z.infer<typeof options>;

/**
 * The bonus for the imagined map (SG-RLVR, arXiv 2504.01805): its score is added to a right answer, 1 for a choice and above
 * 0.5 for a number; a map that scores 0 takes the answer's reward away. The parts are the score and the figures of `mapAccuracy`.
 *
 * Samples without a true map are abstained from; a completion without a map, or with an empty one, scores 0 with the reason.
 * With `compat: 'spacer'` both cost a right answer its reward, as in the reference.
 *
 * @example { use: 'map', options: { when: 'always', power: 3 } }
 */
export const map = definePlugin({
  kind: 'reward',
  name: 'map',
  description: 'The score of the imagined cognitive map, a bonus to right answers.',
  options,
  create: (settings) => ({
    range: [settings.when === 'answer-correct' && settings.penalty ? -1 : 0, 1],
    after: ['answer'],
    score: (input) => {
      const answers = settings.when === 'always' ? undefined : answersOf(input);
      const { problemType } = input.sample;
      if (answers !== undefined && settings.compat === undefined && !hasBonus(problemType)) {
        const reason = `a map adds nothing to problems of the type "${problemType}"`;
        return input.completions.map(() => ({ status: 'abstained', reason }));
      }
      return input.completions.map(({ text }, index) => {
        const said = answers?.[index];
        if (said === undefined) return scoreText(text, input.sample.map, settings, 0);
        if (said.status !== 'scored') {
          return { status: 'abstained', reason: 'the answer was not scored' };
        }
        if (!isRight(said.value, input.sample.problemType)) {
          return { status: 'scored', value: 0, reason: 'the answer is not right' };
        }
        return scoreText(text, input.sample.map, settings, settings.penalty ? said.value : 0);
      });
    },
  }),
});

function answersOf({ outcomes }: RewardInput): readonly RewardOutcome[] {
  const answers = outcomes.get('answer');
  if (answers) return answers;
  throw new Error(
    'The map reward adds to right answers and needs the reward "answer" in the same run; add it, or set when: always.',
  );
}

/** Only the maps of choices and numbers count. */
function hasBonus(problemType: ProblemType): boolean {
  return problemType === 'multiple choice' || problemType === 'numerical';
}

/** Whether the answer is right enough for the map to count. */
function isRight(value: number, problemType: ProblemType): boolean {
  if (problemType === 'multiple choice') return value === 1;
  return problemType === 'numerical' && value > 0.5;
}

/** `stake` is what a map that scores 0 takes away. */
function scoreText(
  text: string,
  truth: CognitiveMap | undefined,
  settings: MapOptions,
  stake: number,
): RewardOutcome {
  return settings.compat === 'spacer'
    ? scoreAsInSpacer(text, truth, settings, stake)
    : scoreCorrectly(text, truth, settings, stake);
}

function scoreCorrectly(
  text: string,
  truth: CognitiveMap | undefined,
  settings: MapOptions,
  stake: number,
): RewardOutcome {
  if (truth === undefined || countInstances(truth) === 0) {
    return { status: 'abstained', reason: 'the sample has no true map' };
  }
  const drawn = extractMapText(text);
  if (drawn === undefined) return { status: 'scored', value: 0, reason: 'no map' };
  if (drawn === '') return { status: 'scored', value: 0, reason: 'empty map' };
  const keepUnlisted = settings.surplusWeight > 0;
  const read = parseCognitiveMap(drawn, Object.keys(truth), { keepUnlisted });
  const imagined = settings.clip ? clipToGrid(read) : read;
  const { surplusWeight } = settings;
  return worth(scoreMap(imagined, truth, { surplusWeight }), stake, settings, {
    ...mapAccuracy(imagined, truth),
  });
}

/** Any two map tags in any order count as a map; what the reference cannot compute is worth as little as a score of 0. */
function scoreAsInSpacer(
  text: string,
  truth: CognitiveMap | undefined,
  settings: MapOptions,
  stake: number,
): RewardOutcome {
  if (!text.includes('<map>') || !text.includes('</map>')) {
    return { status: 'scored', value: 0, reason: 'no map' };
  }
  if (truth === undefined) {
    return { status: 'scored', value: 0 - stake, reason: 'the sample has no true map' };
  }
  const { compat } = settings;
  try {
    const imagined = parseCognitiveMap(extractMapText(text) ?? '', Object.keys(truth), { compat });
    return worth(scoreMap(imagined, truth, { compat }), stake, settings, {});
  } catch (error) {
    return { status: 'scored', value: 0 - stake, reason: messageOf(error) };
  }
}

function worth(
  score: number,
  stake: number,
  { power }: MapOptions,
  accuracy: Readonly<Record<string, number>>,
): RewardOutcome {
  const parts = { score, ...accuracy };
  if (score > 0) return { status: 'scored', value: score ** power, parts };
  return { status: 'scored', value: 0 - stake, parts, reason: 'no point of the map fits' };
}
