/** From advantages of stretches of text to advantages of tokens. */
import type { LearningGroup } from './learning-batch.ts';
import type { Processor, Rollout, SpanAdvantage } from '../../spec/index.ts';

/**
 * The group with the advantage of every token where its estimator gives stretches of the text their own; else the group itself. A token belongs to the
 * stretch in which its text begins. A token without text, such as the end token, belongs where the next text would begin.
 */
export function withTokenAdvantages(
  group: LearningGroup,
  processor: Pick<Processor, 'detokenize'>,
): LearningGroup {
  const { spans, rollouts, advantages, prompt } = group;
  if (spans === undefined) return group;
  const opened = prompt.opened?.length ?? 0;
  const tokenAdvantages = rollouts.map((rollout, index) =>
    advantagesAt(tokenStarts(rollout, processor), spans[index] ?? [], advantages[index]!, opened),
  );
  return { ...group, tokenAdvantages };
}

function advantagesAt(
  starts: readonly number[],
  spans: readonly SpanAdvantage[],
  advantage: number,
  opened: number,
): Float64Array {
  return Float64Array.from(starts, (place) => {
    const at = place + opened;
    const span = spans.find(({ start, end }) => start <= at && at < end);
    return span === undefined ? advantage : span.advantage;
  });
}

/**
 * Where the text of each token begins, in UTF-16 units of the completion.
 *
 * Tokens are read one by one where their texts make up the completion. Where they do not, as when several tokens write one
 * character, the tokens before each token are read together instead: a token begins where their text ends.
 */
export function tokenStarts(
  { text, tokenIds }: Pick<Rollout, 'text' | 'tokenIds'>,
  processor: Pick<Processor, 'detokenize'>,
): readonly number[] {
  const pieces = Array.from(tokenIds, (id) => processor.detokenize(Int32Array.of(id)));
  if (pieces.join('') === text) {
    let length = 0;
    return pieces.map((piece) => (length += piece.length) - piece.length);
  }
  return Array.from(tokenIds, (_, count) =>
    Math.min(commonLength(processor.detokenize(tokenIds.subarray(0, count)), text), text.length),
  );
}

/** Units that two texts begin with. */
function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}
