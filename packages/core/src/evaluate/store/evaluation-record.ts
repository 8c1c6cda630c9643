/** The record of an evaluation: everything that affects its scores. Its folder has it as `evaluation.json`. */
import { z } from 'zod';
import { recordedPart } from '../../config/recorded-config.ts';
import type { PartConfig, RunConfig } from '../../config/run-config.ts';
import { LociError } from '../../errors/loci-error.ts';
import { FORMAT_VERSIONS, readVersion } from '../../files/format-version.ts';
import type {
  Benchmark,
  BenchmarkItem,
  BenchmarkSetup,
  EngineFacts,
  Policy,
  SamplingParameters,
} from '../../spec/index.ts';
import type { ShownAs } from '../items/conditions.ts';
import { digest } from './predictions.ts';
import { programVersions } from './program-versions.ts';

/** Options that set locations or speed and do not affect the scores. */
const WITHOUT_EFFECT = new Set([
  ...[
    'data',
    'folder',
    'images',
    'threads',
    'spin',
    'maxRunMegabytes',
    'maxSessions',
    'frameCache',
  ],
  ...['cache', 'prices', 'concurrency', 'requestsPerMinute', 'tokensPerMinute', 'attempts'],
  ...['firstWaitSeconds', 'silenceSeconds', 'stream', 'apiKeyEnv', 'maxTokensName', 'videoFrom'],
  ...['maxWaitSeconds', 'maxAnswerSeconds', 'maxAnswerBytes'],
]);

/** See the head of this file. Optional fields are absent when they do not apply, or in files of version 1. */
export interface EvaluationRecord {
  readonly version: number;
  readonly benchmark: PartConfig;
  readonly setup: BenchmarkSetup;
  /** For benchmarks of the run's own dataset: the source of the questions, and the prompt template. */
  readonly dataset?: PartConfig;
  readonly template?: PartConfig;
  /** Digest of the text around the question of the first item. */
  readonly promptHash?: string;
  /** How videos are shown, when the settings choose it. */
  readonly as?: 'video' | 'images';
  readonly policy: PartConfig;
  /** Of an evaluation of a training run: the steps done before it. */
  readonly step?: number;
  /** The judge model for answers that no rule decides; absent without one. */
  readonly judge?: PartConfig;
  /** The policy's description: engine, device, threads. It may differ between machines. */
  readonly model: string;
  /** Library and precision of the engine, when the policy knows them. */
  readonly engine?: EngineFacts;
  readonly sampling: SamplingParameters;
  /** Answers to each item. */
  readonly samples: number;
  readonly seed: number;
  /** Versions of Loci and Node. */
  readonly versions?: Readonly<Record<string, string>>;
}

/** The parts that a record is made of. */
export interface RecordedEvaluation {
  /** The run's, with `benchmark` as the part that is evaluated. */
  readonly config: Pick<RunConfig, 'benchmark' | 'policy' | 'dataset' | 'prompt'>;
  readonly benchmark: Pick<Benchmark, 'setup' | 'render'>;
  readonly policy: Pick<Policy, 'capabilities'>;
  readonly items: readonly BenchmarkItem[];
  readonly sampling: SamplingParameters;
  readonly samples: number;
  readonly seed: number;
  readonly as?: ShownAs;
  readonly step?: number;
  readonly judge?: PartConfig | undefined;
}

/** The record of an evaluation that is about to begin. */
export function evaluationRecord(parts: RecordedEvaluation): EvaluationRecord {
  const { config, benchmark, policy, items, sampling, samples, seed, as, step, judge } = parts;
  const { description: model, engine } = policy.capabilities;
  const hash = templateHash(benchmark, items);
  return {
    version: FORMAT_VERSIONS['evaluation.json'],
    benchmark: essential(config.benchmark),
    setup: benchmark.setup,
    ...(benchmark.setup.prompt === 'run' && {
      dataset: essential(config.dataset),
      template: essential(config.prompt),
    }),
    ...(hash !== undefined && { promptHash: hash }),
    ...(as !== undefined && { as }),
    policy: essential(config.policy),
    ...(step !== undefined && { step }),
    ...(judge && { judge: essential(judge) }),
    model,
    ...(engine && { engine }),
    ...{ sampling, samples, seed, versions: programVersions() },
  };
}

/** A part of the config without options that do not affect a score. */
export function essential(part: PartConfig): PartConfig {
  const { use, ...options } = recordedPart(part);
  const kept = Object.entries(options).filter(
    ([key, value]) => value !== undefined && !WITHOUT_EFFECT.has(key),
  );
  return { use, ...Object.fromEntries(kept) };
}

/** Digest of the prompt with question and options cut out, so that evaluations of different items have the same one. */
function templateHash(
  benchmark: Pick<Benchmark, 'render'>,
  items: readonly BenchmarkItem[],
): string | undefined {
  const item = items.find(({ missing }) => missing === undefined);
  if (item === undefined) return undefined;
  const texts = benchmark
    .render(item)
    .flatMap(({ role, parts }) =>
      parts.flatMap((part) => (part.type === 'text' ? [`${role}: ${part.text}`] : [])),
    );
  const own = [item.question, ...item.options].filter((text) => text !== '');
  return digest(own.reduce((text, word) => text.replaceAll(word, '…'), texts.join('\n')));
}

const part = z.looseObject({ use: z.string() });

const schema = z.looseObject({
  version: z.unknown().optional(),
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
  samples: z.int().positive().default(1),
  seed: z.number(),
});

/**
 * The record of a folder, of this version or version 1.
 *
 * @throws LociError `no-evaluation` when the file has another form, `format-newer` when a later release wrote it.
 */
export function parseRecord(record: unknown, directory: string): EvaluationRecord {
  const parsed = schema.safeParse(record);
  if (!parsed.success) {
    throw new LociError(
      'no-evaluation',
      `${directory}/evaluation.json: ${z.prettifyError(parsed.error)}`,
    );
  }
  const version = readVersion(
    parsed.data.version,
    'evaluation.json',
    `${directory}/evaluation.json`,
  );
  const { samples } = parsed.data;
  // Keeps the order of the file's keys, so that writing it again changes nothing.
  return { ...(record as EvaluationRecord), version, samples };
}
