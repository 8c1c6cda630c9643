/** What an evaluation asks of whom, as its folder keeps it; a folder with another plan is not gone on with. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { PartConfig, RunConfig } from '../config/run-config.ts';
import { LociError } from '../errors/loci-error.ts';
import type { Benchmark, BenchmarkSetup, Policy, SamplingParameters } from '../spec/index.ts';

/** Options that say where something is or how fast it goes, and not what comes out. */
const INDIFFERENT = new Set([
  ...['data', 'images', 'threads', 'spin', 'maxRunMegabytes', 'maxSessions', 'frameCache'],
  ...['cache', 'prices', 'concurrency', 'requestsPerMinute', 'tokensPerMinute', 'attempts'],
  ...['firstWaitSeconds', 'silenceSeconds', 'stream', 'apiKeyEnv', 'maxTokensName', 'videoFrom'],
  ...['maxWaitSeconds', 'maxAnswerSeconds', 'maxAnswerBytes'],
]);

/** See the head of this file. */
export interface EvaluationPlan {
  readonly benchmark: PartConfig;
  readonly setup: BenchmarkSetup;
  readonly policy: PartConfig;
  /** Who reads answers that no rule decides; absent where nobody was asked to. */
  readonly judge?: PartConfig;
  /** What the policy says of itself: engine, device, threads. Another machine may say it differently. */
  readonly model: string;
  readonly sampling: SamplingParameters;
  readonly seed: number;
}

/** The plan of a benchmark asked of a policy. */
export function evaluationPlan(
  config: RunConfig,
  benchmark: Benchmark,
  policy: Policy,
  sampling: SamplingParameters,
  judge?: PartConfig,
): EvaluationPlan {
  return {
    benchmark: essential(config.benchmark),
    setup: benchmark.setup,
    policy: essential(config.policy),
    ...(judge && { judge: essential(judge) }),
    model: policy.capabilities.description,
    sampling,
    seed: config.seed,
  };
}

function essential({ use, ...options }: PartConfig): PartConfig {
  const kept = Object.entries(options).filter(
    ([key, value]) => value !== undefined && !INDIFFERENT.has(key),
  );
  return { use, ...Object.fromEntries(kept) };
}

/**
 * Where a plan differs from an earlier one, setting by setting: `sampling.maxNewTokens was 16 and is 64`; none where one goes on with the
 * other. A judge may come to answers that nobody judged, and may be left out again; a second one may not.
 */
export function planDifferences(earlier: EvaluationPlan, now: EvaluationPlan): readonly string[] {
  const comparable = ({ benchmark, policy, judge, setup, sampling, seed }: EvaluationPlan) => ({
    ...{ benchmark: essential(benchmark), setup, policy: essential(policy), sampling, seed },
    ...(earlier.judge && now.judge && judge && { judge: essential(judge) }),
  });
  // What is undefined, and the order in which options were written, make no difference.
  const plain = (plan: EvaluationPlan): unknown => JSON.parse(JSON.stringify(comparable(plan)));
  return differences(plain(earlier), plain(now), '');
}

function differences(before: unknown, now: unknown, path: string): readonly string[] {
  if (isDeepStrictEqual(before, now)) return [];
  if (isRecord(before) && isRecord(now)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
    return [...keys].flatMap((key) =>
      differences(before[key], now[key], path === '' ? key : `${path}.${key}`),
    );
  }
  const told = (value: unknown) => (value === undefined ? 'unset' : JSON.stringify(value));
  return [`${path} was ${told(before)} and is ${told(now)}`];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const part = z.looseObject({ use: z.string() });

const schema = z.looseObject({
  benchmark: part,
  setup: z.looseObject({ prompt: z.enum(['official', 'thinking', 'thinking-map', 'run']) }),
  policy: part,
  judge: part.exactOptional(),
  model: z.string(),
  sampling: z.looseObject({
    temperature: z.number(),
    topP: z.number(),
    topK: z.number(),
    repetitionPenalty: z.number(),
    maxNewTokens: z.number(),
  }),
  seed: z.number(),
});

/**
 * The plan that a folder keeps.
 *
 * @throws LociError `no-evaluation` when the file is not one of ours.
 */
export function parsePlan(plan: unknown, directory: string): EvaluationPlan {
  const parsed = schema.safeParse(plan);
  if (parsed.success) return parsed.data as unknown as EvaluationPlan;
  throw new LociError(
    'no-evaluation',
    `${directory}/evaluation.json: ${z.prettifyError(parsed.error)}`,
  );
}
