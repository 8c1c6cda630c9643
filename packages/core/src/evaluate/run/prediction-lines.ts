/** Makes the stored line of an answer. */
import type {
  Benchmark,
  BenchmarkItem,
  EvaluationCondition,
  MediaReference,
} from '../../spec/index.ts';
import { showVideos } from '../items/conditions.ts';
import type { ShownAs } from '../items/conditions.ts';
import { promptHash, scorablePart, textHash } from '../store/predictions.ts';
import type { PredictionLine, PredictionRow } from '../store/predictions.ts';
import type { ItemOutcome } from './generate-answers.ts';
import type { RewardMeasures } from './reward-measures.ts';

/** Digests of the prompt of an item; see `promptHash` and `textHash`. */
export type PromptHashes = Pick<PredictionRow, 'promptHash' | 'textHash'>;

/** The digests of an item's prompt under a condition; an empty one for an item whose media are missing. */
export function hashesOf(
  benchmark: Benchmark,
  item: BenchmarkItem,
  condition: EvaluationCondition,
  as: ShownAs,
): PromptHashes {
  if (item.missing !== undefined) return { promptHash: '' };
  const messages = showVideos(benchmark.render(item), condition, as);
  return { promptHash: promptHash(messages), textHash: textHash(messages) };
}

/** The fields of a line beside question and answer. */
export interface LineFacts {
  readonly hashes: PromptHashes;
  /** Media shown under the condition. */
  readonly media: readonly MediaReference[];
  readonly measures: RewardMeasures | undefined;
}

/** The line of an answer, or of an item without one. */
export function toLine(
  { item, sample, prediction, group, rollout }: ItemOutcome,
  benchmark: Benchmark,
  condition: EvaluationCondition,
  { hashes, media, measures }: LineFacts,
): PredictionLine {
  const row: PredictionRow = {
    condition,
    item: scorablePart(item),
    ...(sample > 0 && { sample }),
    ...hashes,
    shown: group?.prompt.shown ?? [],
    ...(media.length > 0 && { media }),
    prediction,
    ...(rollout && { finishReason: rollout.finishReason }),
    ...(rollout?.usage && { usage: rollout.usage }),
    ...(measures && { measures }),
  };
  return withVerdicts(row, benchmark);
}

/** A row with the verdict of every scorer. */
export function withVerdicts(row: PredictionRow, { scorers }: Benchmark): PredictionLine {
  const verdicts = scorers.map(
    (scorer) => [scorer.name, scorer.score(row.item, row.prediction)] as const,
  );
  return { ...row, verdicts: Object.fromEntries(verdicts) };
}
