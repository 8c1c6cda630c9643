/** The conditions under which the questions of a benchmark are asked: as they are, and the controls that show what a score owes to looking. */
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

/** What `evaluate.controls: true` asks beside `as-filmed`. */
export const PLAIN_CONTROLS: readonly EvaluationCondition[] = ['blank', 'swapped'];

/** What is done to the frames of an item under a condition; the order of shuffled ones depends on seed and item alone. */
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

/** How an evaluation shows videos: as such, as lists of images, or, undefined, as the benchmark and the policy do. */
export type ShownAs = 'video' | 'images' | undefined;

/** A conversation with its videos shown as such or as lists of images; unchanged where nothing is asked for. */
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

/** Conditions under which a picture looks as it did. */
const OF_VIDEOS: readonly EvaluationCondition[] = ['images', 'shuffled', 'reversed', 'first-frame'];

/** Whether a condition is asked of an item: some change videos only, and without media there is nothing to change. */
export function concernsItem(
  condition: EvaluationCondition,
  { media }: Pick<BenchmarkItem, 'media'>,
): boolean {
  if (condition === 'as-filmed') return true;
  return media.some(({ kind }) => kind === 'video' || !OF_VIDEOS.includes(condition));
}
