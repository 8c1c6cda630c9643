/** Completions that the dataset gives: what a policy imitates. */
import { LociError } from '../../errors/loci-error.ts';
import { restOfTurn } from '../../rollout/opened-text.ts';
import type { EncodedPrompt, Processor, Rollout, Sample } from '../../spec/index.ts';

/** @throws LociError `no-demonstration`, which takes the sample out of training. */
export function demonstrationOf(sample: Sample): string {
  if (sample.demonstration !== undefined) return sample.demonstration;
  throw new LociError('no-demonstration', `sample ${sample.id} has no demonstration to imitate`);
}

/** Of a sample's demonstration what the prompt has not opened, with the end token after it. */
export function demonstrate(sample: Sample, prompt: EncodedPrompt, processor: Processor): Rollout {
  const text = restOfTurn(prompt.opened, demonstrationOf(sample));
  const tokenIds = Int32Array.from([
    ...processor.tokenize(text),
    ...processor.stopTokenIds.slice(0, 1),
  ]);
  const logProbs = new Float32Array(tokenIds.length);
  return { text, tokenIds, logProbs, demonstrated: true, finishReason: 'stop' };
}
