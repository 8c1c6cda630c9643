/** From an answer to the line that is kept of it. */
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
import type { AskedItem } from './generate-answers.ts';
import type { RewardMeasures } from './reward-measures.ts';

/** Digests of what an item is shown with; see `promptHash` and `textHash`. */
export type PromptHashes = Pick<PredictionRow, 'promptHash' | 'textHash'>;

/** Items that cannot be shown have no prompt, and an empty digest. */
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

/** What a line has beside question and answer. */
export interface LineFacts {
  readonly hashes: PromptHashes;
  /** What was shown under the condition. */
  readonly media: readonly MediaReference[];
  readonly measures: RewardMeasures | undefined;
}

/** The line of an answer, or of an item without one. */
export function toLine(
  { item, sample, prediction, group, rollout }: AskedItem,
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

/** A row with what every scorer says of it. */
export function withVerdicts(row: PredictionRow, { scorers }: Benchmark): PredictionLine {
  const verdicts = scorers.map(
    (scorer) => [scorer.name, scorer.score(row.item, row.prediction)] as const,
  );
  return { ...row, verdicts: Object.fromEntries(verdicts) };
}
