/** The contract of an objective, bundled or from outside, checked on the host alone. */
import assert from 'node:assert/strict';
import { createFromPlugin, parseOptions } from '../plugin/create-plugin.ts';
import { randomStream } from '../random/seed.ts';
import type { CompletionTokens, ErasedPlugin, Objective, ObjectiveValue } from '../spec/index.ts';
import { describeChecks } from './contract.ts';
import type { Check } from './contract.ts';
import { fakeLogger } from './fake-plugins.ts';

/** What an objective is tried on. */
export interface ObjectiveContract {
  readonly plugin: ErasedPlugin<'objective'>;
  /** As in a config; the defaults when absent. */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * Whether the loss holds something constant that depends on the current log-probabilities, such as a ratio that only weighs. Its
   * derivatives are not those of finite differences then, and that check is left out.
   */
  readonly holdsConstants?: boolean;
}

/** Step of finite differences, and how far a derivative may be off. */
const [STEP, TOLERANCE] = [1e-6, 1e-5] as const;

/**
 * Declares the tests that every objective passes: it is pure, gives one derivative a token and none outside the mask, and its
 * derivatives are those of its loss.
 *
 * @example describeObjectiveContract({ plugin: reinforce });
 */
export function describeObjectiveContract({
  plugin,
  options = {},
  holdsConstants = false,
}: ObjectiveContract): void {
  const objective = (): Promise<Objective> =>
    createFromPlugin(plugin, parseOptions(plugin, options), {
      seed: 1,
      baseDirectory: process.cwd(),
      logger: fakeLogger(),
    });
  const checks: readonly Check[] = [
    {
      name: 'its name is in kebab-case and it says what it is',
      run() {
        assert.match(plugin.name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
        assert.ok(plugin.description.length > 10);
      },
    },
    {
      name: 'an unknown option is an error',
      run: () => assert.throws(() => parseOptions(plugin, { ...options, noSuchOption: 1 })),
    },
    {
      name: 'the same batch gives the same value, and is left as it was',
      async run() {
        const made = await objective();
        const batch = trialBatch(made);
        const first = made.value(batch);
        assert.deepEqual(made.value(batch), first);
        assert.deepEqual(batch, trialBatch(made));
      },
    },
    {
      name: 'it gives a finite derivative for each token, and 0 outside the mask',
      run: async () => assertShape(await objective()),
    },
    {
      name: 'a batch of which nothing is learned gives no loss and no gradient',
      async run() {
        const made = await objective();
        const batch = trialBatch(made).map((one) => ({ ...one, mask: [0, 0, 0] }));
        const { loss, dLogProbs } = made.value(batch);
        assert.equal(loss + 0, 0);
        for (const row of dLogProbs) for (const slope of row) assert.equal(Math.abs(slope), 0);
      },
    },
    {
      name: 'its derivatives are those of finite differences of its loss',
      leftOut: holdsConstants ? 'it holds weights constant that depend on the policy' : undefined,
      run: async () => assertDerivatives(await objective()),
    },
  ];
  describeChecks(`objective contract: ${plugin.name}`, checks);
}

/** Four completions of three tokens that the policy has moved away from; half are demonstrations where the objective takes both. */
export function trialBatch({ learnsFrom }: Objective): readonly CompletionTokens[] {
  const random = randomStream(11);
  const around = (values: readonly number[], width: number): number[] =>
    values.map((value) => value + (random() - 0.5) * width);
  return [0.9, -1.1, 0.4, -0.3].map((advantage, index): CompletionTokens => {
    const logProbs = Array.from({ length: 3 }, () => -3 * random() - 0.1);
    const oldLogProbs = around(logProbs, 0.7);
    const demonstrated =
      learnsFrom === 'demonstrations' || (learnsFrom === 'both' && index % 2 === 1);
    return {
      logProbs,
      oldLogProbs,
      referenceLogProbs: around(logProbs, 1),
      ...(!demonstrated && { samplerLogProbs: around(oldLogProbs, 0.3) }),
      entropies: Array.from({ length: 3 }, () => 2 * random()),
      mask: index === 2 ? [1, 0, 1] : [1, 1, 1],
      advantage: demonstrated ? 0 : advantage,
      source: demonstrated ? 'demonstrated' : 'sampled',
    };
  });
}

function assertShape(objective: Objective): void {
  const batch = trialBatch(objective);
  const { loss, dLogProbs, dEntropies } = objective.value(batch);
  assert.ok(Number.isFinite(loss), `the loss is ${loss}`);
  const arrays = [
    ['dLogProbs', dLogProbs],
    ...(objective.needs?.entropies === true ? [['dEntropies', dEntropies ?? []] as const] : []),
  ] as const;
  for (const [what, found] of arrays) {
    assert.equal(found.length, batch.length, `${what}: one array a completion`);
    for (const [index, { mask }] of batch.entries()) {
      assert.equal(found[index]!.length, mask.length, `${what}: one value a token`);
      for (const [token, slope] of found[index]!.entries()) {
        assert.ok(Number.isFinite(slope), `${what}: ${slope}`);
        assert.ok(mask[token] === 1 || slope === 0, `${what}: ${slope} outside the mask`);
      }
    }
  }
}

function assertDerivatives(objective: Objective): void {
  const batch = trialBatch(objective);
  const start: ObjectiveValue = objective.value(batch);
  const lossWith = (name: 'logProbs' | 'entropies', at: number, token: number, by: number) =>
    objective.value(
      batch.map((one, index) =>
        index === at
          ? { ...one, [name]: Array.from(one[name]!, (v, t) => v + (t === token ? by : 0)) }
          : one,
      ),
    ).loss;
  for (const [name, found] of [
    ['logProbs', start.dLogProbs],
    ['entropies', start.dEntropies ?? []],
  ] as const) {
    for (const [at, row] of found.entries()) {
      for (const [token, slope] of row.entries()) {
        const rise = lossWith(name, at, token, STEP) - lossWith(name, at, token, -STEP);
        const off = Math.abs(slope - rise / (2 * STEP));
        assert.ok(
          off <= TOLERANCE * (1 + Math.abs(slope)),
          `the derivative by ${name} of token ${token} of completion ${at} is ${slope}, and should be ${rise / (2 * STEP)}`,
        );
      }
    }
  }
}
