/**
 * That the gradient of every objective reaches the weights: of each that comes with Loci, and of one that a person keeps in a file of
 * their own. Seen as finite differences of the objective's loss.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createFromPlugin, parseOptions } from '../../plugin/create-plugin.ts';
import { loadPlugin } from '../../plugin/load-plugin.ts';
import { PluginRegistry } from '../../plugin/registry.ts';
import type { CompletionTokens, ErasedPlugin, Objective, TrainingGroup } from '../../spec/index.ts';
import { bundledObjectives } from '../../train/algorithm/objectives/bundled-objectives.ts';
import { fakeLogger } from '../fake-plugins.ts';
import { gradientThrough } from './gradient-through.ts';
import type { HostLoss } from './gradient-through.ts';
import type { PolicyCheck, PolicyTrial } from './policy-check.ts';
import { demonstrations } from './workload.ts';

type Options = Readonly<Record<string, unknown>>;

/** A ratio of whole completions lies near 1, where the narrow bounds of their authors would be crossed by the differences. */
const WIDE = { clipLow: 0.4, clipHigh: 0.4 };

/** Options under which an objective is tried; the defaults where there are none. */
const TRIED: Readonly<Record<string, readonly Options[]>> = {
  grpo: [
    {},
    { klEstimator: 'k2', klBiasCorrection: true, delta: 1.5 },
    { demonstrationWeight: 0.5 },
  ],
  'dr-grpo': [{ maxCompletionTokens: 12 }],
  gspo: [WIDE, { ...WIDE, ratio: 'sequence-token' }],
  luspo: [WIDE],
  dapo: [{}, { correction: { mode: 'token-truncate', max: 1.1 }, entropyWeight: 0.2 }],
};

/** Of which the loss holds weights constant that depend on the policy. */
const HOLDING: readonly string[] = ['cispo', 'vespo'];

/** The simplest of all, as a person writes it. */
const OWN_OBJECTIVE = `
import { definePlugin } from '@loci/core';
import { z } from 'zod';

/** Not averaged over anything. */
export const reinforce = definePlugin({
  kind: 'objective',
  name: 'reinforce-of-mine',
  description: 'The log-probability of each token times the advantage.',
  options: z.strictObject({}),
  create: () => ({
    learnsFrom: 'rollouts',
    value(batch) {
      const dLogProbs = batch.map(({ mask, advantage }) => Float64Array.from(mask, (m) => -m * advantage));
      const loss = batch.reduce(
        (sum, { logProbs }, index) => sum + dLogProbs[index].reduce((s, slope, t) => s + slope * logProbs[t], 0),
        0,
      );
      return { loss, dLogProbs, figures: {} };
    },
  }),
});
`;

/** One for each objective. */
export const OBJECTIVE_CHECKS: readonly PolicyCheck[] = [
  ...bundledObjectives.flatMap((plugin) =>
    (TRIED[plugin.name] ?? [{}]).map((options): PolicyCheck => ({
      name: `the gradient of the objective ${labelOf(plugin.name, options)} reaches the weights`,
      needs: [
        'training',
        'linear',
        ...(options['entropyWeight'] === undefined ? [] : ['entropies' as const]),
      ],
      run: async (trial) => assertReaches(trial, await made(plugin, options), plugin.name, options),
    })),
  ),
  {
    name: 'the gradient of an objective from a file outside reaches the weights',
    needs: ['training', 'linear'],
    async run(trial) {
      const file = trial.path('reinforce.ts');
      writeFileSync(file, OWN_OBJECTIVE);
      const plugin = await loadPlugin('objective', file, new PluginRegistry([]), '.');
      assert.equal(plugin.name, 'reinforce-of-mine');
      await assertReaches(trial, await made(plugin, {}), plugin.name, {});
    },
  },
];

function labelOf(name: string, options: Options): string {
  return Object.keys(options).length === 0 ? name : `${name} ${JSON.stringify(options)}`;
}

function made(plugin: ErasedPlugin<'objective'>, options: Options): Promise<Objective> {
  const context = { seed: 1, baseDirectory: process.cwd(), logger: fakeLogger() };
  return createFromPlugin(plugin, parseOptions(plugin, options), context);
}

async function assertReaches(
  { policy, prompt }: PolicyTrial,
  objective: Objective,
  name: string,
  options: Options,
): Promise<void> {
  const groups = await demonstrations(policy, prompt);
  const entropies = objective.needs?.entropies === true;
  const loss = hostLoss(objective, groups, HOLDING.includes(name) || options['ratio'] === 'sequence-token'); // prettier-ignore
  await gradientThrough(policy, groups, loss, { entropies });
}

/** The objective on these groups. @param held Its weights are those of the first call: what an objective holds constant stays so. */
function hostLoss(objective: Objective, groups: readonly TrainingGroup[], held: boolean): HostLoss {
  let first: readonly Float64Array[] | undefined;
  return ({ logProbs, entropies }) => {
    const batch = groups.flatMap(({ targets }, group) =>
      targets.map((_, index) =>
        completionOf(objective, groups, group, index, {
          logProbs: logProbs[group]![index]!,
          ...(entropies && { entropies: entropies[group]![index]! }),
        }),
      ),
    );
    const { loss, dLogProbs, dEntropies } = objective.value(batch);
    first ??= dLogProbs;
    const linear = batch.reduce(
      (sum, own, index) =>
        sum + first![index]!.reduce((part, slope, t) => part + slope * own.logProbs[t]!, 0),
      0,
    );
    return {
      loss: held ? linear : loss,
      dLogProbs: byGroup(groups, held ? first : dLogProbs),
      ...(dEntropies && { dEntropies: byGroup(groups, dEntropies) }),
    };
  };
}

/** One completion of the workload. The first token of the first is masked out; of objectives that imitate, the last are shown. */
function completionOf(
  { learnsFrom }: Objective,
  groups: readonly TrainingGroup[],
  group: number,
  index: number,
  figures: Pick<CompletionTokens, 'logProbs' | 'entropies'>,
): CompletionTokens {
  const { advantages, oldLogProbs, referenceLogProbs } = groups[group]!.targets[index]!;
  const demonstrated = learnsFrom === 'demonstrations' || (learnsFrom === 'both' && group === 1);
  return {
    ...figures,
    oldLogProbs: oldLogProbs!,
    referenceLogProbs: referenceLogProbs!,
    ...(!demonstrated && { samplerLogProbs: oldLogProbs!.map((own, t) => own - 0.2 * (t % 2)) }),
    mask: oldLogProbs!.map((_, token) => (group + index + token === 0 ? 0 : 1)),
    advantage: demonstrated ? 0 : advantages![0]!,
    source: demonstrated ? 'demonstrated' : 'sampled',
  };
}

function byGroup<T>(
  groups: readonly TrainingGroup[],
  items: readonly T[],
): readonly (readonly T[])[] {
  let start = 0;
  return groups.map(({ targets }) => items.slice(start, (start += targets.length)));
}
