/** Estimates the cost of an evaluation before its first request. */
import type {
  Benchmark,
  BenchmarkItem,
  EvaluationCondition,
  ExpectedUsage,
  Policy,
} from '../../spec/index.ts';
import { concernsItem, showVideos, treatmentOf } from '../items/conditions.ts';
import type { ShownAs } from '../items/conditions.ts';
import { rowKey } from '../store/predictions.ts';
import type { PredictionRow } from '../store/predictions.ts';

/** Items that are encoded for the estimate; few, because decoding frames takes time. */
const ENCODED_ITEMS = 4;

/** An evaluation before its first request. */
export interface PlannedEvaluation {
  readonly policy: Policy;
  readonly benchmark: Benchmark;
  readonly items: readonly BenchmarkItem[];
  readonly conditions: readonly EvaluationCondition[];
  readonly as?: ShownAs;
  readonly samples: number;
  readonly maxNewTokens: number;
  readonly seed: number;
  /** Rows of an earlier process. */
  readonly earlier: ReadonlyMap<string, PredictionRow>;
}

/** An estimate of tokens and money. */
export interface ExpectedCost extends ExpectedUsage {
  /** Missing answers. */
  readonly answers: number;
}

/**
 * The tokens of all missing answers, if each reaches its limit, estimated from the prompts of a few items. Undefined for a policy without
 * costs, when none of these items can be read, and when no answer is missing. Answers in a cache are counted as if they cost.
 */
export async function expectedCost(plan: PlannedEvaluation): Promise<ExpectedCost | undefined> {
  const { policy, items, conditions, samples, maxNewTokens, earlier } = plan;
  const { spending } = policy;
  if (spending === undefined) return undefined;
  const isKept = (item: BenchmarkItem, condition: EvaluationCondition, sample: number): boolean =>
    earlier.get(rowKey({ condition, item, sample }))?.prediction.status === 'answered';
  const missing = conditions.flatMap((condition) =>
    items
      .filter((item) => item.missing === undefined && concernsItem(condition, item))
      .flatMap((item) =>
        Array.from({ length: samples }, (_, sample) => sample)
          .filter((sample) => !isKept(item, condition, sample))
          .map(() => ({ item, condition })),
      ),
  );
  const usages: ExpectedUsage[] = [];
  const count = Math.min(ENCODED_ITEMS, missing.length);
  for (let index = 0; index < count; index++) {
    const { item, condition } = missing[Math.floor((index * missing.length) / count)]!;
    try {
      const messages = showVideos(plan.benchmark.render(item), condition, plan.as);
      const treatment = treatmentOf(condition, item, plan.seed);
      const prompt = await policy.processor.encode(messages, treatment);
      usages.push(spending.expect(prompt, maxNewTokens));
    } catch {
      // The evaluation itself reports errors of this item.
    }
  }
  if (usages.length === 0) return undefined;
  const sum = (of: (usage: ExpectedUsage) => number): number =>
    (usages.reduce((total, usage) => total + of(usage), 0) * missing.length) / usages.length;
  const isPriced = usages.every(({ cost }) => cost !== undefined);
  return {
    answers: missing.length,
    promptTokens: Math.round(sum(({ promptTokens }) => promptTokens)),
    completionTokens: Math.round(sum(({ completionTokens }) => completionTokens)),
    ...(isPriced && { cost: sum(({ cost = 0 }) => cost) }),
  };
}
