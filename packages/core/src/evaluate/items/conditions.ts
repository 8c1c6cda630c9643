/** The conditions of an evaluation: the plain one, and controls that show how much of a score depends on the video. */
import { deriveSeed } from '../../random/seed.ts';
import type {
  BenchmarkItem,
  EvaluationCondition,
  FrameTreatment,
  Message,
} from '../../spec/index.ts';

/** Every condition, the plain one first. */
export const EVALUATION_CONDITIONS = [
  'as-filmed',
  'images',
  'blank',
  'shuffled',
  'reversed',
  'mirrored',
  'first-frame',
  'swapped',
] as const satisfies readonly EvaluationCondition[];

/** The conditions that `evaluate.controls: true` adds to `as-filmed`. */
export const PLAIN_CONTROLS: readonly EvaluationCondition[] = ['blank', 'swapped'];

/** The frame treatment of an item under a condition. The order of shuffled frames depends only on seed and item. */
export function treatmentOf(
  condition: EvaluationCondition,
  item: Pick<BenchmarkItem, 'id'>,
  seed: number,
): FrameTreatment {
  switch (condition) {
    case 'blank':
    case 'reversed':
    case 'mirrored':
    case 'first-frame':
      return { kind: condition };
    case 'shuffled':
      return { kind: 'shuffled', seed: deriveSeed(seed, 'frames', item.id) };
    case 'as-filmed':
    case 'images':
    case 'swapped':
      return { kind: 'as-filmed' };
    default:
      condition satisfies never;
      throw new TypeError('no such condition');
  }
}

/** How an evaluation shows videos: as videos, as lists of images, or, undefined, as the benchmark and the policy do. */
export type ShownAs = 'video' | 'images' | undefined;

/** A conversation with its videos shown as videos or as lists of images; unchanged without either. */
export function showVideos(
  messages: readonly Message[],
  condition: EvaluationCondition,
  as: ShownAs,
): readonly Message[] {
  const wanted = condition === 'images' ? 'images' : as;
  if (wanted === undefined) return messages;
  return messages.map(({ role, parts }) => ({
    role,
    parts: parts.map((part) =>
      part.type === 'media' && part.media.kind === 'video' ? { ...part, as: wanted } : part,
    ),
  }));
}

/** Conditions that change only videos. */
const OF_VIDEOS: readonly EvaluationCondition[] = ['images', 'shuffled', 'reversed', 'first-frame'];

/** Whether a condition applies to an item. Some change only videos, and none but the plain one applies to an item without media. */
export function concernsItem(
  condition: EvaluationCondition,
  { media }: Pick<BenchmarkItem, 'media'>,
): boolean {
  if (condition === 'as-filmed') return true;
  return media.some(({ kind }) => kind === 'video' || !OF_VIDEOS.includes(condition));
}
