/** Generates the greedy completions of a diagnosis. */
import { deriveSeed } from '@loci/core';
import type { EncodedPrompt, Policy } from '@loci/core';
import { lastValueFrom, toArray } from 'rxjs';

/** Prompts that are completed at once. */
const BATCH = 48;
/** Tokens of a completion, as in the default run. */
const MOST_TOKENS = 112;
const GREEDY = {
  temperature: 0,
  topP: 1,
  topK: 0,
  repetitionPenalty: 1,
  maxNewTokens: MOST_TOKENS,
} as const;

/** The completions of the prompts, in order. @param onDone is called with the number of finished prompts. */
export async function completeAll(
  policy: Policy,
  prompts: readonly EncodedPrompt[],
  onDone: (done: number) => void,
): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let start = 0; start < prompts.length; start += BATCH) {
    const batch = prompts.slice(start, start + BATCH);
    const events = await lastValueFrom(
      policy
        .sample({
          prompts: batch,
          completionsPerPrompt: 1,
          sampling: GREEDY,
          seed: deriveSeed(1, 'diagnose', start),
        })
        .pipe(toArray()),
    );
    for (const event of events) {
      if (event.type !== 'completion') continue;
      texts[start + event.prompt] = policy.processor.detokenize(event.tokenIds);
    }
    onDone(start + batch.length);
  }
  return texts;
}
