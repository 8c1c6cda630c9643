/** Vectors of whole groups: rewards summed up, and advantages. */
import {
  createFromPlugin,
  groupNormalised,
  groupStatistics,
  mediaStem,
  parseOptions,
} from '@loci/core';
import type { JudgedCompletions } from '@loci/core';
import { z } from 'zod';
import type { Check } from './check.ts';
import { CANCELLED, FLOAT32, FLOAT64, difference } from './compare.ts';
import type { Tolerance } from './compare.ts';
import { mapsByStem, numbers } from './inputs.ts';
import { CONTEXT, scoreGroup, valueOf } from './score-group.ts';
import type { RewardName } from './score-group.ts';

const groupInput = z.object({
  completions: z.array(z.string()),
  solution: z.string(),
  problem_type: z.string(),
  path: z.string(),
  maps: mapsByStem,
  completion_lengths: z.array(z.number()),
  temporal: z.boolean(),
  is_video: z.boolean(),
  len_control: z.boolean(),
  num_generations: z.int(),
  shuffled_completions: z.array(z.string()).optional(),
});
const groupExpected = z.object({
  accuracy: z.unknown(),
  format: z.unknown(),
  shuffled_accuracy: z.unknown().optional(),
  temporal_metric: z.unknown(),
  rewards: z.unknown(),
  advantages: z.unknown(),
});
const advantageInput = z.object({ rewards: numbers, num_generations: z.int() });
const advantageExpected = z.object({
  group_mean: z.unknown(),
  group_std: z.unknown(),
  advantages: z.unknown(),
});

/** Spread, relative to the mean, under which single precision leaves three digits of an advantage. */
const TINY_SPREAD = 1e-3;

/** `reward_total`: accuracy, format, temporal, length, their sum, and the advantages. */
export const rewardTotal: Check = async (vector) => {
  const input = groupInput.parse(vector.input);
  const expected = groupExpected.parse(vector.expected);
  const { judged, shuffled } = await scoreAll(input);
  const values = (name: string) =>
    judged.completions.map((_, index) => valueOf(judged.outcomes.get(name)?.[index]));
  const [format, length, temporal] = [values('format'), values('length'), values('temporal')];
  const accuracy = accuracies(judged);
  const rewards = accuracy.map((value, index) =>
    [temporal[index]!, length[index]!, format[index]!].reduce(
      (sum, bonus) => Math.fround(sum + Math.fround(bonus)),
      Math.fround(value),
    ),
  );
  const { num_generations: size } = input;
  const actual = { accuracy, format, temporal_metric: temporalMetric(judged) };
  return (
    difference(actual, pick(expected, ['accuracy', 'format', 'temporal_metric']), FLOAT64) ??
    (shuffled &&
      difference(accuracies(shuffled), expected.shuffled_accuracy, FLOAT64, 'shuffled')) ??
    difference(rewards, expected.rewards, FLOAT32, 'rewards') ??
    difference(await advantages(rewards, size), expected.advantages, toleranceOf(rewards, size))
  );
};

/** `advantages`: mean, standard deviation and advantage of every group in single precision. */
export const advantageLines: Check = async (vector) => {
  const { rewards, num_generations: size } = advantageInput.parse(vector.input);
  const expected = advantageExpected.parse(vector.expected);
  const statistics = groupsOf(rewards, size).flatMap((group) =>
    group.map(() => groupStatistics(group, 'float32')),
  );
  const tolerance = toleranceOf(rewards, size);
  return (
    difference(
      statistics.map(({ mean }) => mean),
      expected.group_mean,
      FLOAT32,
      'group_mean',
    ) ??
    difference(
      statistics.map(({ std }) => std),
      expected.group_std,
      tolerance,
      'group_std',
    ) ??
    difference(await advantages(rewards, size), expected.advantages, tolerance, 'advantages')
  );
};

async function scoreAll(
  input: z.infer<typeof groupInput>,
): Promise<{ readonly judged: JudgedCompletions; readonly shuffled?: JudgedCompletions }> {
  const { maps, path, solution, problem_type: problemType, is_video: isVideo } = input;
  const stem = mediaStem(path);
  const question = {
    problemType,
    solution,
    path,
    kind: isVideo ? ('video' as const) : ('image' as const),
    map: Object.hasOwn(maps, stem) ? maps[stem] : undefined,
  };
  const completions = input.completions.map((text, index) => ({
    text,
    tokenCount: input.completion_lengths[index]!,
  }));
  const others = input.shuffled_completions?.map((text) => ({ text, tokenCount: 1 }));
  const shuffled =
    others && (await scoreGroup({ question, completions: others }, ['answer', 'map']));
  const names: readonly RewardName[] = [
    'answer',
    'map',
    'format',
    ...(input.temporal ? (['temporal'] as const) : []),
    ...(input.len_control ? (['length'] as const) : []),
  ];
  const looks = shuffled && new Map([['shuffled', shuffled]]);
  const group = { question, completions, ...(looks && { looks }) };
  return { judged: await scoreGroup(group, names), ...(shuffled && { shuffled }) };
}

function accuracies({ completions, outcomes }: JudgedCompletions): readonly number[] {
  return completions.map((_, index) =>
    ['answer', 'map'].reduce((sum, name) => sum + valueOf(outcomes.get(name)?.[index]), 0),
  );
}

/** 1 when the bonus was open to the group, 0 when withheld, 0.5 when there was nothing to compare. */
function temporalMetric({ outcomes }: JudgedCompletions): number {
  const first = outcomes.get('temporal')?.[0];
  return first?.status === 'scored' ? first.parts!['passed']! : 0.5;
}

/** What the estimator of a run, made with `compat: spacer` in single precision, makes of each group. */
async function advantages(rewards: readonly number[], size: number): Promise<readonly number[]> {
  const options = parseOptions(groupNormalised, { compat: 'spacer', precision: 'float32' });
  const estimator = await createFromPlugin(groupNormalised, options, CONTEXT);
  const groups = groupsOf(rewards, size).map((group) => ({
    rewards: Float64Array.from(group),
    contributions: new Map(),
  }));
  return estimator.estimate(groups).flatMap(({ advantages }) => [...advantages]);
}

function toleranceOf(rewards: readonly number[], size: number): Tolerance {
  const tiny = groupsOf(rewards, size).some((group) => {
    const { mean, std } = groupStatistics(group);
    return std > 0 && std < TINY_SPREAD * Math.max(1, Math.abs(mean));
  });
  return tiny ? CANCELLED : FLOAT32;
}

function groupsOf(rewards: readonly number[], size: number): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(rewards.length / size) }, (_, group) =>
    rewards.slice(group * size, (group + 1) * size),
  );
}

function pick<Key extends string>(
  record: Readonly<Record<Key, unknown>>,
  keys: readonly Key[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(keys.map((key) => [key, record[key]]));
}
