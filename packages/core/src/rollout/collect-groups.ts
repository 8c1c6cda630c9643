/**
 * Makes groups of rollouts from the event stream of a policy. The stream is cold: subscribing starts the sampling, unsubscribing stops it.
 */
import { EMPTY, concat, concatMap, defer, from } from 'rxjs';
import type { Observable } from 'rxjs';
import { LociError } from '../errors/loci-error.ts';
import type {
  EncodedPrompt,
  Policy,
  Rollout,
  RolloutGroup,
  Sample,
  SampleEvent,
  SamplingParameters,
} from '../spec/index.ts';

/** A sample with its encoded prompt. */
export interface PromptedSample {
  readonly sample: Sample;
  readonly prompt: EncodedPrompt;
}

/** Prompts to be sampled, each the same number of times. */
export interface RolloutRequest {
  readonly prompts: readonly PromptedSample[];
  readonly completionsPerPrompt: number;
  readonly sampling: SamplingParameters;
  readonly seed: number;
}

/** Events of sampling. */
export type RolloutEvent =
  | {
      /** New tokens as text. */
      readonly type: 'chunk';
      readonly sample: Sample;
      readonly completion: number;
      readonly text: string;
    }
  | {
      /** Emitted as soon as the last completion of the group is finished. */
      readonly type: 'group';
      /** Index within `prompts`. */
      readonly index: number;
      readonly group: RolloutGroup;
    };

/**
 * Samples all prompts.
 *
 * @returns Groups in the order in which they are finished. Errors with LociError `sampling-incomplete` when the policy ends its stream with
 * completions missing, `sampling-address` when it names a completion that was not requested or is already finished.
 */
export function collectGroups(policy: Policy, request: RolloutRequest): Observable<RolloutEvent> {
  const { prompts, completionsPerPrompt, sampling, seed } = request;
  if (prompts.length === 0) return EMPTY;
  return defer(() => {
    const groups = prompts.map(() => new Map<number, Rollout>());
    const events$ = policy
      .sample({
        prompts: prompts.map(({ prompt }) => prompt),
        completionsPerPrompt,
        sampling,
        seed,
      })
      .pipe(concatMap((event) => receive(event)));

    function receive(event: SampleEvent): readonly RolloutEvent[] {
      const prompted = prompts[event.prompt];
      const finished = groups[event.prompt];
      if (prompted === undefined || finished === undefined) throw strayEvent(event);
      const awaited = event.completion < completionsPerPrompt && !finished.has(event.completion);
      if (!awaited) throw strayEvent(event);
      const text = policy.processor.detokenize(event.tokenIds);
      if (event.type === 'chunk') {
        return [{ type: 'chunk', sample: prompted.sample, completion: event.completion, text }];
      }
      const { tokenIds, logProbs, finishReason, mask, usage, answer } = event;
      const rollout = { text, tokenIds, logProbs, finishReason };
      finished.set(event.completion, {
        ...rollout,
        ...(mask && { mask }),
        ...(usage && { usage }),
        ...(answer !== undefined && { answer }),
      });
      if (finished.size < completionsPerPrompt) return [];
      const rollouts = [...finished].sort(([a], [b]) => a - b).map(([, rollout]) => rollout);
      return [{ type: 'group', index: event.prompt, group: { ...prompted, rollouts } }];
    }

    const check$ = defer(() => {
      const missing = groups.reduce((sum, { size }) => sum + completionsPerPrompt - size, 0);
      if (missing === 0) return EMPTY;
      throw new LociError(
        'sampling-incomplete',
        `The policy ended its stream with ${missing} of ${prompts.length * completionsPerPrompt} completions missing; a policy must emit each of them, and its contract suite checks that`,
      );
    });
    return concat(from(events$), check$);
  });
}

function strayEvent({ prompt, completion }: SampleEvent): LociError {
  return new LociError(
    'sampling-address',
    `The policy sampled completion ${completion} of prompt ${prompt}, which was not requested or is already finished; its contract suite checks the addresses`,
  );
}
