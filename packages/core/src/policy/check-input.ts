/** Checks of a policy's input that run before anything is computed: a rejected batch has changed nothing. */
import { LociError } from '../errors/loci-error.ts';
import type {
  EncodedPrompt,
  Loss,
  PolicyGroup,
  SampleRequest,
  TokenReadout,
  TokenTargets,
  TrainingGroup,
} from '../spec/index.ts';
import { weighsEntropies } from './losses.ts';

/** The limits of a model's input. */
export interface PolicyBounds {
  /** Prompt and completion together. */
  readonly maxTokens: number;
  readonly vocabularySize: number;
}

/** @throws LociError `empty-prompt`, `bad-token`, `too-long`. */
export function checkRequest({ prompts, sampling }: SampleRequest, bounds: PolicyBounds): void {
  for (const prompt of prompts) checkPrompt(prompt, sampling.maxNewTokens, bounds);
}

/** @throws LociError `empty-prompt`, `empty-completion`, `bad-token`, `too-long`. */
export function checkGroups(groups: readonly PolicyGroup[], bounds: PolicyBounds): void {
  for (const { prompt, completions } of groups) {
    checkPrompt(prompt, 0, bounds);
    for (const completion of completions) {
      if (completion.length === 0) {
        throw new LociError(
          'empty-completion',
          'A completion has no tokens, not even an end token',
        );
      }
      checkTokens(completion, bounds);
      checkLength(prompt.tokenIds.length, completion.length, bounds);
    }
  }
}

/** @throws LociError `bad-temperature`. */
export function checkReadout({ temperature = 1 }: Partial<TokenReadout>): void {
  if (Number.isFinite(temperature) && temperature > 0) return;
  throw new LociError(
    'bad-temperature',
    `The temperature of the log-probabilities is ${temperature}; it must be a finite number above 0 (greedy completions are read at 1)`,
  );
}

/**
 * @throws LociError as `checkGroups` and `checkReadout`, and `bad-targets`, `missing-targets` naming the array that does not fit its completion.
 */
export function checkTrainingGroups(
  groups: readonly TrainingGroup[],
  loss: Loss,
  bounds: PolicyBounds,
): void {
  checkGroups(groups, bounds);
  checkReadout({ temperature: loss.temperature ?? 1 });
  for (const { completions, targets } of groups) {
    if (targets.length !== completions.length) {
      throw new LociError(
        'bad-targets',
        `A group has targets for ${targets.length} of its ${completions.length} completions`,
      );
    }
    for (const [index, { length }] of completions.entries()) {
      checkTargets(targets[index]!, length, loss);
    }
  }
}

const TARGET_ARRAYS = [
  'weights',
  'entropyWeights',
  'advantages',
  'oldLogProbs',
  'referenceLogProbs',
] as const;

function checkTargets(targets: TokenTargets, tokens: number, loss: Loss): void {
  for (const name of TARGET_ARRAYS) {
    const length = targets[name]?.length ?? tokens;
    if (length === tokens) continue;
    throw new LociError(
      'bad-targets',
      `"${name}" has ${length} values for a completion of ${tokens} tokens`,
    );
  }
  if (weighsEntropies(loss) && targets.entropyWeights === undefined) {
    throw missing('entropyWeights', 'A loss with entropies');
  }
  if (loss.kind !== 'policy-gradient') return;
  if (targets.advantages === undefined) throw missing('advantages', 'The policy gradient');
  if (loss.klWeight !== 0 && targets.referenceLogProbs === undefined) {
    throw missing('referenceLogProbs', 'A KL weight');
  }
}

function missing(name: keyof TokenTargets, why: string): LociError {
  return new LociError(
    'missing-targets',
    `${why} needs "${name}" in the targets of every completion`,
  );
}

function checkPrompt({ tokenIds }: EncodedPrompt, newTokens: number, bounds: PolicyBounds): void {
  if (tokenIds.length === 0) {
    throw new LociError('empty-prompt', 'A prompt has no tokens: there is nothing to predict from');
  }
  checkTokens(tokenIds, bounds);
  checkLength(tokenIds.length, newTokens, bounds);
}

function checkLength(prompt: number, completion: number, { maxTokens }: PolicyBounds): void {
  if (prompt + completion <= maxTokens) return;
  throw new LociError(
    'too-long',
    `A prompt of ${prompt} tokens and a completion of ${completion} exceed the ${maxTokens} tokens of the model. No text is cut: shorten the prompt or allow fewer new tokens`,
    { details: { prompt, completion, maxTokens } },
  );
}

function checkTokens(ids: Int32Array, { vocabularySize }: PolicyBounds): void {
  const bad = ids.find((id) => id < 0 || id >= vocabularySize);
  if (bad === undefined) return;
  throw new LociError(
    'bad-token',
    `Token id ${bad} is outside the vocabulary of ${vocabularySize}`,
  );
}
