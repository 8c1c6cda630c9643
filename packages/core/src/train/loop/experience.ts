/** Where a step's groups come from: completions sampled and scored, or demonstrations of the dataset. */
import { filter, lastValueFrom, tap, toArray } from 'rxjs';
import { inject, injectAll, injectable } from 'tsyringe';
import { tokens } from '../../plugin/tokens.ts';
import { deriveSeed } from '../../random/seed.ts';
import { collectGroups } from '../../rollout/collect-groups.ts';
import type { PromptedSample, RolloutEvent, RolloutRequest } from '../../rollout/collect-groups.ts';
import { looksOfRun } from '../../rollout/looks.ts';
import { scoreGroups } from '../../rollout/score-groups.ts';
import type { RunReward } from '../../rollout/run-reward.ts';
import type { GroupScore } from '../../rollout/score-groups.ts';
import { untilAborted } from '../../rollout/until-aborted.ts';
import type { Objective, Policy, PromptTemplate, RolloutGroup, Sampler } from '../../spec/index.ts';
import { demonstrate } from './demonstrations.ts';
import { withLooks } from './looks.ts';
import type { PhaseClock } from './phase-clock.ts';

/** The prompts of one step, and how they are sampled. */
export interface GatherRequest {
  readonly step: number;
  readonly prompts: readonly PromptedSample[];
  /** Further prompts of the step, whose media a look may show; see `withLooks`. */
  readonly others?: readonly PromptedSample[];
  readonly seed: number;
  readonly clock: PhaseClock;
  readonly signal: AbortSignal;
  readonly onChunk: (chunk: Extract<RolloutEvent, { type: 'chunk' }>) => void;
}

/** Turns prompts into groups of completions, and scores them. */
export interface Experience {
  /** Whether the policy samples the completions, so that there are rewards and rollouts to report. */
  readonly sampled: boolean;
  /** Groups in the order of the prompts. */
  sample(request: GatherRequest): Promise<readonly RolloutGroup[]>;
  /** @param step Selects the weights of the rewards, which may follow a schedule. */
  score(groups: readonly RolloutGroup[], step: number): Promise<readonly GroupScore[]>;
}

/** Samples G completions of each prompt, and further ones under each look that a reward compares with. */
@injectable()
export class RolloutExperience implements Experience {
  readonly sampled = true;

  constructor(
    @inject(tokens.POLICY) private readonly policy: Policy,
    @inject(tokens.PROMPT) private readonly prompt: PromptTemplate,
    @inject(tokens.SAMPLER) private readonly sampler: Sampler,
    @injectAll(tokens.REWARD, { isOptional: true }) private readonly rewards: readonly RunReward[],
  ) {}

  sample(request: GatherRequest): Promise<readonly RolloutGroup[]> {
    const { clock, prompts, seed, step } = request;
    const { completionsPerPrompt, parameters: sampling } = this.sampler;
    const sample = (
      onChunk: GatherRequest['onChunk'],
      rollouts: Omit<RolloutRequest, 'sampling'>,
    ): Promise<readonly RolloutGroup[]> =>
      clock.time('sample', () => this.#sample({ ...request, onChunk }, { ...rollouts, sampling }));
    return withLooks(
      () =>
        sample(request.onChunk, {
          prompts,
          completionsPerPrompt,
          seed: deriveSeed(seed, 'sample', step),
        }),
      (ofLook) => sample(() => undefined, ofLook),
      request,
      {
        looks: looksOfRun(this.rewards),
        processor: this.policy.processor,
        template: this.prompt,
        groupSize: completionsPerPrompt,
      },
    );
  }

  score(groups: readonly RolloutGroup[], step: number): Promise<readonly GroupScore[]> {
    return scoreGroups(groups, this.rewards, step);
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

/** Groups of one: the demonstration of each sample. */
@injectable()
export class DemonstrationExperience implements Experience {
  readonly sampled = false;

  constructor(
    @inject(tokens.POLICY) private readonly policy: Policy,
    @inject(tokens.OBJECTIVE) private readonly objective: Objective,
  ) {}

  async sample({ prompts }: GatherRequest): Promise<readonly RolloutGroup[]> {
    return prompts.map(({ sample, prompt }) => {
      const rollouts = [demonstrate(sample, prompt, this.policy.processor, this.objective)];
      return { sample, prompt, rollouts };
    });
  }

  /** Demonstrations get no rewards. */
  async score(groups: readonly RolloutGroup[]): Promise<readonly GroupScore[]> {
    const unrewarded = {
      rewards: new Float64Array(1),
      contributions: new Map(),
      outcomes: new Map(),
    };
    return groups.map((group) => ({ group: { ...group, ...unrewarded }, failures: [] }));
  }
}
