/**
 * Asks the questions of a benchmark and judges the answers, as filmed and, as controls, with videos that cannot help: blank
 * ones, and those of another scene of the same split.
 */
import { filter, lastValueFrom, map, toArray } from 'rxjs';
import { LociError } from '../errors/loci-error.ts';
import { deriveSeed } from '../random/seed.ts';
import { collectGroups } from '../rollout/collect-groups.ts';
import { scoreGroups } from '../rollout/score-groups.ts';
import type { RunReward } from '../rollout/run-reward.ts';
import { untilAborted } from '../rollout/until-aborted.ts';
import type {
  Benchmark,
  BenchmarkItem,
  BenchmarkRow,
  EncodedPrompt,
  FrameTreatment,
  MediaReference,
  Policy,
  RolloutGroup,
  SamplingParameters,
} from '../spec/index.ts';
import { constantControl } from './constant-control.ts';
import { sampleOfItem } from './items.ts';
import type { EvaluationReport } from './report.ts';
import { summarise } from './summarise.ts';
import { swapMedia } from './swap-media.ts';

/** How much is asked, and how. */
export interface EvaluateOptions {
  /** Questions asked, taken in the benchmark's order; all when absent. */
  readonly questions?: number;
  /** Prompts sampled at once. */
  readonly batchSize: number;
  /** Also ask with blank and with swapped videos. */
  readonly controls: boolean;
  /** Of the bootstrap, of the swaps and of sampling. */
  readonly seed: number;
  /** How to draw. */
  readonly sampling: SamplingParameters;
  /** Scores the completions with the run's rewards as well: measures `reward` and `reward/<name>`. */
  readonly rewards?: readonly RunReward[];
  /** Stops the evaluation; it then rejects with LociError `stopped`. */
  readonly signal?: AbortSignal;
  /** Called after each batch. */
  readonly onProgress?: (done: number, total: number, pass: EvaluationPass) => void;
}

/** The questions as they are, or one of the controls. */
export type EvaluationPass = 'as-filmed' | 'blank' | 'swapped';

/** Greedy decoding, for evaluations that must not depend on luck. */
export function greedySampling(maxNewTokens: number): SamplingParameters {
  return { temperature: 0, topP: 1, topK: 0, repetitionPenalty: 1, maxNewTokens };
}

/**
 * @throws LociError `nothing-to-evaluate` when the benchmark has no question that can be asked, `stopped` when the signal
 * was raised; failures of the policy as they come.
 */
export async function evaluatePolicy(
  policy: Policy,
  benchmark: Benchmark,
  options: EvaluateOptions,
): Promise<EvaluationReport> {
  const items = await takeItems(benchmark, options.questions);
  const ask = new Asker(policy, benchmark, options);
  const { rows, refused } = await ask.run(items, 'as-filmed', ({ media }) => media);
  if (rows.length === 0) {
    const reason = refused[0] === undefined ? 'it has none' : `the first: ${refused[0].reason}`;
    throw new LociError(
      'nothing-to-evaluate',
      `No question of "${benchmark.name}" could be asked; ${reason}`,
    );
  }
  const asked = rows.map(({ item }) => item);
  const swaps = swapMedia(asked, deriveSeed(options.seed, 'swap'));
  const blank = options.controls ? await ask.run(asked, 'blank', ({ media }) => media) : undefined;
  const swapped =
    options.controls && swaps !== undefined
      ? await ask.run(asked, 'swapped', ({ id, media }) => swaps.get(id) ?? media)
      : undefined;
  return {
    benchmark: benchmark.name,
    seed: options.seed,
    ...summarise(rows, options.seed),
    rows,
    refused,
    constant: constantControl(benchmark.scorers[0], rows),
    controls: {
      ...(blank && { blank: summarise(blank.rows, options.seed) }),
      ...(swapped && { swapped: summarise(swapped.rows, options.seed) }),
    },
  };
}

async function takeItems(
  benchmark: Benchmark,
  limit = Infinity,
): Promise<readonly BenchmarkItem[]> {
  const items: BenchmarkItem[] = [];
  if (limit <= 0) return items;
  for await (const item of benchmark.items()) {
    items.push(item);
    if (items.length >= limit) break;
  }
  return items;
}

type Refusal = EvaluationReport['refused'][number];

interface AskedItem {
  readonly item: BenchmarkItem;
  readonly prompt: EncodedPrompt;
}

interface Answers {
  readonly rows: readonly BenchmarkRow[];
  readonly refused: readonly Refusal[];
}

/** Asks samples in batches. */
class Asker {
  readonly #policy: Policy;
  readonly #benchmark: Benchmark;
  readonly #options: EvaluateOptions;

  constructor(policy: Policy, benchmark: Benchmark, options: EvaluateOptions) {
    this.#policy = policy;
    this.#benchmark = benchmark;
    this.#options = options;
  }

  async run(
    items: readonly BenchmarkItem[],
    pass: EvaluationPass,
    mediaOf: (item: BenchmarkItem) => readonly MediaReference[],
  ): Promise<Answers> {
    const { batchSize, onProgress } = this.#options;
    const rows: BenchmarkRow[] = [];
    const refused: Refusal[] = [];
    for (let start = 0; start < items.length; start += batchSize) {
      const prompts: AskedItem[] = [];
      for (const item of items.slice(start, start + batchSize)) {
        if (item.missing !== undefined) {
          refused.push({ sampleId: item.id, reason: item.missing });
          continue;
        }
        try {
          prompts.push({ item, prompt: await this.#encode(item, pass, mediaOf(item)) });
        } catch (thrown) {
          if (!isRefusal(thrown)) throw thrown;
          refused.push({ sampleId: item.id, reason: thrown.message });
        }
      }
      rows.push(...(await this.#answer(prompts, deriveSeed(this.#options.seed, pass, start))));
      onProgress?.(Math.min(start + batchSize, items.length), items.length, pass);
    }
    return { rows, refused };
  }

  #encode(
    item: BenchmarkItem,
    pass: EvaluationPass,
    media: readonly MediaReference[],
  ): Promise<EncodedPrompt> {
    const frames: FrameTreatment = pass === 'blank' ? { kind: 'blank' } : { kind: 'as-filmed' };
    const messages = this.#benchmark.render({ ...item, media });
    return this.#policy.processor.encode(messages, frames);
  }

  async #answer(asked: readonly AskedItem[], seed: number): Promise<readonly BenchmarkRow[]> {
    const { sampling, signal } = this.#options;
    const prompts = asked.map(({ item, prompt }) => ({ sample: sampleOfItem(item), prompt }));
    const request = { prompts, completionsPerPrompt: 1, sampling, seed };
    const groups = await lastValueFrom(
      collectGroups(this.#policy, request).pipe(
        filter((event) => event.type === 'group'),
        toArray(),
        map((events) => [...events].sort((a, b) => a.index - b.index).map(({ group }) => group)),
        untilAborted(signal),
      ),
      { defaultValue: [] },
    );
    const rewarded = await this.#rewardMeasures(groups);
    return groups.map(({ rollouts }, index) => {
      const { item } = asked[index]!;
      const completion = rollouts[0]?.text ?? '';
      const prediction = { status: 'answered', output: completion } as const;
      const verdict = this.#benchmark.scorers[0].score(item, prediction);
      const measures = { ...verdict.measures, ...rewarded[index] };
      return { item, completion, verdict: { ...verdict, measures } };
    });
  }

  /**
   * What the run's rewards give each completion, added by the weights that schedules end with, so that reports of different
   * steps compare; rewards that compare with shuffled frames have nothing to say here.
   */
  async #rewardMeasures(
    groups: readonly RolloutGroup[],
  ): Promise<readonly Readonly<Record<string, number>>[]> {
    const rewards = this.#options.rewards?.filter(({ reward }) => !reward.needsShuffledFrames);
    if (rewards === undefined || rewards.length === 0) return [];
    const scores = await scoreGroups(groups, rewards);
    return scores.map(({ group, failures }) => {
      if (failures.length > 0) return {};
      const measures: Record<string, number> = { reward: group.rewards[0] ?? 0 };
      for (const [name, [outcome]] of group.outcomes) {
        if (outcome?.status === 'scored') measures[`reward/${name}`] = outcome.value;
      }
      return measures;
    });
  }
}

/** A question that cannot be asked of this policy; anything else that goes wrong ends the evaluation. */
function isRefusal(thrown: unknown): thrown is LociError {
  return LociError.is(thrown) && ['prompt-too-long', 'media-unreadable'].includes(thrown.code);
}
