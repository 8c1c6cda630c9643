/**
 * Asks the questions of a benchmark and judges the answers, as filmed and, as controls, with videos that cannot help: blank
 * ones, and those of another scene of the same split.
 */
import { concatMap, lastValueFrom } from 'rxjs';
import { LociError } from '../errors/loci-error.ts';
import { deriveSeed } from '../random/seed.ts';
import { needsLooks } from '../rollout/looks.ts';
import type { RunReward } from '../rollout/run-reward.ts';
import { scoreGroups } from '../rollout/score-groups.ts';
import type {
  Benchmark,
  BenchmarkItem,
  BenchmarkRow,
  MediaReference,
  Policy,
  RolloutGroup,
  SamplingParameters,
} from '../spec/index.ts';
import { askBatches, batchItems } from './ask-items.ts';
import type { AskedItem } from './ask-items.ts';
import { constantControl } from './constant-control.ts';
import type { EvaluationPass } from './passes.ts';
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

interface Answers {
  readonly rows: readonly BenchmarkRow[];
  readonly refused: readonly Refusal[];
}

/** Asks items and has the first scorer judge the answers. */
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
    const { onProgress } = this.#options;
    const batches = batchItems(this.#policy, items, this.#options.batchSize);
    const asked$ = askBatches(this.#policy, this.#benchmark, batches, {
      ...this.#options,
      pass,
      mediaOf,
    });
    let done = 0;
    const rows = new Map<string, BenchmarkRow>();
    const refused: Refusal[] = [];
    const judged$ = asked$.pipe(
      concatMap(async (asked) => {
        for (const { item, prediction } of asked) {
          if (prediction.status !== 'not-asked') continue;
          refused.push({ sampleId: item.id, reason: prediction.reason });
        }
        for (const row of await this.#judge(asked)) rows.set(row.item.id, row);
        onProgress?.((done += asked.length), items.length, pass);
      }),
    );
    await lastValueFrom(judged$, { defaultValue: undefined });
    return { rows: items.flatMap(({ id }) => rows.get(id) ?? []), refused };
  }

  async #judge(asked: readonly AskedItem[]): Promise<readonly BenchmarkRow[]> {
    const answered = asked.filter(({ prediction }) => prediction.status !== 'not-asked');
    const rewarded = await this.#rewardMeasures(answered.flatMap(({ group }) => group ?? []));
    return answered.map(({ item, prediction, group }) => {
      const completion = prediction.status === 'answered' ? prediction.output : '';
      const verdict = this.#benchmark.scorers[0].score(item, prediction);
      const measures = { ...verdict.measures, ...(group && rewarded.get(group)) };
      return { item, completion, verdict: { ...verdict, measures } };
    });
  }

  /**
   * What the run's rewards give each completion, added by the weights that schedules end with, so that reports of different
   * steps compare; rewards that compare with other looks have nothing to say here.
   */
  async #rewardMeasures(
    groups: readonly RolloutGroup[],
  ): Promise<ReadonlyMap<RolloutGroup, Readonly<Record<string, number>>>> {
    const rewards = this.#options.rewards?.filter(({ reward }) => !needsLooks(reward));
    if (rewards === undefined || rewards.length === 0) return new Map();
    const scores = await scoreGroups(groups, rewards);
    return new Map(
      scores.map(({ group, failures }, index) => {
        const measures: Record<string, number> = {};
        const [sum = 0] = group.rewards;
        if (failures.length === 0 && !Number.isNaN(sum)) measures['reward'] = sum;
        for (const [name, [outcome]] of failures.length === 0 ? group.outcomes : []) {
          if (outcome?.status === 'scored') measures[`reward/${name}`] = outcome.value;
        }
        return [groups[index]!, measures] as const;
      }),
    );
  }
}
