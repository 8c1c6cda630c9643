/** Calls an objective, which may come from a plugin, and checks its result against the contract. */
import { LociError, messageOf } from '../../errors/loci-error.ts';
import type { CompletionTokens, Objective, ObjectiveValue } from '../../spec/index.ts';

/**
 * @param name Of the plugin, for messages.
 * @throws LociError `objective-failed` when it throws, `objective-shape` when a derivative does not fit its completion.
 */
export function callObjective(
  objective: Objective,
  name: string,
  batch: readonly CompletionTokens[],
): ObjectiveValue {
  const found = valueOf(objective, name, batch);
  checkShape(name, 'dLogProbs', found.dLogProbs, batch);
  if (found.dEntropies !== undefined || objective.needs?.entropies === true) {
    checkShape(name, 'dEntropies', found.dEntropies, batch);
  }
  return found;
}

function valueOf(
  objective: Objective,
  name: string,
  batch: readonly CompletionTokens[],
): ObjectiveValue {
  try {
    return objective.value(batch);
  } catch (thrown) {
    if (LociError.is(thrown)) throw thrown;
    throw new LociError(
      'objective-failed',
      `The objective plugin "${name}" threw: ${messageOf(thrown)}`,
      { cause: thrown },
    );
  }
}

function checkShape(
  name: string,
  what: 'dLogProbs' | 'dEntropies',
  found: readonly Float64Array[] | undefined,
  batch: readonly CompletionTokens[],
): void {
  const wrong = batch.findIndex(
    ({ logProbs }, index) => found?.[index]?.length !== logProbs.length,
  );
  if (wrong < 0 && found?.length === batch.length) return;
  const at = wrong < 0 ? batch.length : wrong;
  throw new LociError(
    'objective-shape',
    `The objective plugin "${name}" must return ${what} with one value for each token of each completion; ` +
      `completion ${at} has ${batch[at]?.logProbs.length ?? 0} tokens and got ${found?.[at]?.length ?? 'none'}`,
  );
}
