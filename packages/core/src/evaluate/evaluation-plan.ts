/** What an evaluation asks of whom, as its folder keeps it; a folder with another plan is not gone on with. */
import { z } from 'zod';
import type { PartConfig, RunConfig } from '../config/run-config.ts';
import { LociError } from '../errors/loci-error.ts';
import type { Benchmark, BenchmarkSetup, Policy, SamplingParameters } from '../spec/index.ts';

/** Options that say where something is or how fast it goes, and not what comes out. */
const INDIFFERENT = new Set([
  ...['data', 'threads', 'maxRunMegabytes', 'maxSessions', 'frameCache'],
  ...['cache', 'prices', 'concurrency', 'requestsPerMinute', 'tokensPerMinute', 'attempts'],
]);

/** See the head of this file. */
export interface EvaluationPlan {
  readonly benchmark: PartConfig;
  readonly setup: BenchmarkSetup;
  readonly policy: PartConfig;
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
): EvaluationPlan {
  return {
    benchmark: essential(config.benchmark),
    setup: benchmark.setup,
    policy: essential(config.policy),
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

const part = z.looseObject({ use: z.string() });

const schema = z.looseObject({
  benchmark: part,
  setup: z.looseObject({ prompt: z.enum(['official', 'thinking', 'thinking-map', 'run']) }),
  policy: part,
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
