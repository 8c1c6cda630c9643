/** Demonstrations: completions from the dataset, which a policy imitates. */
import { LociError } from '../../errors/loci-error.ts';
import { restOfTurn } from '../../rollout/opened-text.ts';
import type { EncodedPrompt, Objective, Processor, Rollout, Sample } from '../../spec/index.ts';

/** The part of an objective that chooses what is imitated. */
export type Imitating = Pick<Objective, 'imitates'>;

/**
 * The text of a sample that the objective imitates.
 *
 * @throws LociError `no-demonstration`, which takes the sample out of training.
 */
export function demonstrationOf(sample: Sample, { imitates }: Imitating): string {
  const text = imitates === undefined ? sample.demonstration : imitates(sample);
  if (text !== undefined) return text;
  throw new LociError(
    'no-demonstration',
    `sample ${sample.id} has no demonstration to imitate; the objective "sft" can imitate its map and answer (imitate: map-and-answer) ` +
      `or its answer (imitate: answer)`,
  );
}

/** A sample's demonstration as a rollout: without the text that the prompt already opened, and with the end token. */
export function demonstrate(
  sample: Sample,
  prompt: EncodedPrompt,
  processor: Processor,
  objective: Imitating,
): Rollout {
  const text = restOfTurn(prompt.opened, demonstrationOf(sample, objective));
  const tokenIds = Int32Array.from([
    ...processor.tokenize(text),
    ...processor.stopTokenIds.slice(0, 1),
  ]);
  const logProbs = new Float32Array(tokenIds.length);
  return { text, tokenIds, logProbs, demonstrated: true, finishReason: 'stop' };
}
