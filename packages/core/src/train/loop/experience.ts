/** Where a step's groups come from: completions sampled and scored, or demonstrations of the dataset. */
import { filter, lastValueFrom, tap, toArray } from 'rxjs';
import { inject, injectAll, injectable } from 'tsyringe';
import { LociError } from '../../errors/loci-error.ts';
import { tokens } from '../../plugin/tokens.ts';
import { deriveSeed } from '../../random/seed.ts';
import { collectGroups } from '../../rollout/collect-groups.ts';
import type { PromptedSample, RolloutEvent, RolloutRequest } from '../../rollout/collect-groups.ts';
import { restOfTurn } from '../../rollout/opened-text.ts';
import { scoreGroups } from '../../rollout/score-groups.ts';
import { looksOfRun } from '../../rollout/looks.ts';
import type { RunReward } from '../../rollout/run-reward.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import { untilAborted } from '../../rollout/until-aborted.ts';
import type { Policy, PromptTemplate, RolloutGroup, Sample, Sampler } from '../../spec/index.ts';
import { withLooks } from './looks.ts';
import type { PhaseClock } from './phase-clock.ts';

/** What the groups of one step are gathered from. */
export interface GatherRequest {
  readonly step: number;
  readonly prompts: readonly PromptedSample[];
  readonly seed: number;
  readonly clock: PhaseClock;
  readonly signal: AbortSignal;
  readonly onChunk: (chunk: Extract<RolloutEvent, { type: 'chunk' }>) => void;
}

/** Turns prompts into scored groups. */
export interface Experience {
  /** Whether the completions were sampled, so that there are rewards and rollouts to report. */
  readonly sampled: boolean;
  gather(request: GatherRequest): Promise<readonly GroupScore[]>;
}

/** Samples G completions a prompt, and more under each look that a reward compares with. */
@injectable()
export class RolloutExperience implements Experience {
  readonly sampled = true;

  constructor(
    @inject(tokens.POLICY) private readonly policy: Policy,
    @inject(tokens.PROMPT) private readonly prompt: PromptTemplate,
    @inject(tokens.SAMPLER) private readonly sampler: Sampler,
    @injectAll(tokens.REWARD, { isOptional: true }) private readonly rewards: readonly RunReward[],
  ) {}

  async gather(request: GatherRequest): Promise<readonly GroupScore[]> {
    const { clock, prompts, seed, step } = request;
    const { completionsPerPrompt, parameters: sampling } = this.sampler;
    const sample = (
      onChunk: GatherRequest['onChunk'],
      what: Omit<RolloutRequest, 'sampling'>,
    ): Promise<readonly RolloutGroup[]> =>
      clock.time('sample', () => this.#sample({ ...request, onChunk }, { ...what, sampling }));
    const groups = await withLooks(
      () =>
        sample(request.onChunk, {
          prompts,
          completionsPerPrompt,
          seed: deriveSeed(seed, 'sample', step),
        }),
      (what) => sample(() => undefined, what),
      request,
      {
        looks: looksOfRun(this.rewards),
        processor: this.policy.processor,
        template: this.prompt,
        groupSize: completionsPerPrompt,
      },
    );
    return clock.time('score', () => scoreGroups(groups, this.rewards, step));
  }

  /** Groups in the order of the prompts. */
  async #sample(
    { onChunk, signal }: GatherRequest,
    request: RolloutRequest,
  ): Promise<readonly RolloutGroup[]> {
    const finished = await lastValueFrom(
      collectGroups(this.policy, request).pipe(
        tap((event) => {
          if (event.type === 'chunk') onChunk(event);
        }),
        filter((event) => event.type === 'group'),
        toArray(),
        untilAborted(signal),
      ),
    );
    return finished.sort((a, b) => a.index - b.index).map(({ group }) => group);
  }
}

/** Groups of one: of each sample's demonstration what the prompt has not opened, with the end token after it. */
@injectable()
export class DemonstrationExperience implements Experience {
  readonly sampled = false;

  constructor(@inject(tokens.POLICY) private readonly policy: Policy) {}

  async gather({ prompts }: GatherRequest): Promise<readonly GroupScore[]> {
    const { processor } = this.policy;
    return prompts.map(({ sample, prompt }) => {
      const text = restOfTurn(prompt.opened, demonstrationOf(sample));
      const tokenIds = Int32Array.from([
        ...processor.tokenize(text),
        ...processor.stopTokenIds.slice(0, 1),
      ]);
      const logProbs = new Float32Array(tokenIds.length);
      const rollouts = [{ text, tokenIds, logProbs, finishReason: 'stop' }] as const;
      const unrewarded = {
        rewards: new Float64Array(1),
        contributions: new Map(),
        outcomes: new Map(),
      };
      return { group: { sample, prompt, rollouts, ...unrewarded }, failures: [] };
    });
  }
}

/** @throws LociError `no-demonstration`, which takes the sample out of training. */
export function demonstrationOf(sample: Sample): string {
  if (sample.demonstration !== undefined) return sample.demonstration;
  throw new LociError('no-demonstration', `sample ${sample.id} has no demonstration to imitate`);
}
