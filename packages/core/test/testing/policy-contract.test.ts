/** A contract is worth what it catches: each of these policies is wrong in one way, and one check says so. */
import { expect, test } from '@jest/globals';
import { mergeMap } from 'rxjs';
import { LociError } from '../../src/errors/loci-error.ts';
import type { Policy, TrainingGroup } from '../../src/spec/index.ts';
import {
  FakePolicy,
  describePolicyContract,
  describeSamePolicies,
} from '../../src/testing/index.ts';
import type { PolicyContract, TestRunner } from '../../src/testing/index.ts';
import { WRONG_FIGURES } from './wrong-figures.ts';
import { WRONG, stepped } from './wrong-policies.ts';
import { SETTINGS, wrong } from './wrong-policy.ts';

/** What a suite declares: bodies by name, and the names of those that are skipped. */
function declared(declare: (runner: TestRunner) => void): {
  readonly bodies: ReadonlyMap<string, () => Promise<void> | void>;
  readonly skipped: readonly string[];
} {
  const bodies = new Map<string, () => Promise<void> | void>();
  const skipped: string[] = [];
  declare({
    describe: (_, body) => {
      body();
    },
    test: Object.assign(
      (name: string, body: () => Promise<void> | void) => bodies.set(name, body),
      { skip: (name: string) => skipped.push(name) },
    ),
  });
  return { bodies, skipped };
}

const contract = (create: () => Policy, more: Partial<PolicyContract> = {}): PolicyContract => ({
  name: 'wrong',
  create: async () => create(),
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'A or B' }] }],
  ...more,
});

test.each([...WRONG, ...WRONG_FIGURES])(
  'a policy that %s is found out: %s',
  async (_, check, create) => {
    const { bodies } = declared((runner) => describePolicyContract(contract(create), runner));
    const [, body] = [...bodies].find(([name]) => name.startsWith(check))!;
    await expect((async () => body())()).rejects.toMatchObject({ code: 'ERR_ASSERTION' });
  },
);

test('what it holds may not grow', async () => {
  let held = 0;
  const grows = contract(
    wrong(() => ({})),
    { held: async () => held++ },
  );
  const { bodies } = declared((runner) => describePolicyContract(grows, runner));
  const body = bodies.get('what it holds does not grow from step to step')!;
  await expect((async () => body())()).rejects.toThrow('it held at most 4 in the first 5 steps');
});

test('what a policy cannot do is left out by name; that it can do it goes not unnoticed', async () => {
  const can = { trainable: false, streaming: false, losses: [], entropies: false };
  const modest = contract(() => new FakePolicy(SETTINGS), { can });
  const { bodies, skipped } = declared((runner) => describePolicyContract(modest, runner));
  expect(skipped).toContain(
    'moments carry over, with their bias corrected (left out: it cannot be trained)',
  );
  expect([...bodies.keys()]).toContain('training is refused by name');
  expect([...bodies.keys()]).not.toContain('moments carry over, with their bias corrected');
  const claims = bodies.get('it can do what the contract was told, and says what it is')!;
  await expect((async () => claims())()).rejects.toThrow('say what it can do in `can`');
});

test('what a policy does not offer it must refuse', async () => {
  const can: PolicyContract['can'] = {
    losses: ['policy-gradient', 'cross-entropy'],
    entropies: false,
  };
  const modest = (change: (right: FakePolicy) => Partial<Policy>) =>
    wrong((right) => ({
      capabilities: { ...right.capabilities, ...can },
      ...change(right),
    }));
  const refusing = modest((right) => ({
    logProbs: async (groups, weights, readout) => {
      if (readout?.entropies) throw new LociError('policy-cannot', 'it computes no entropies');
      return right.logProbs(groups, weights, readout);
    },
    forwardBackward: async (groups, loss) => {
      if (loss.kind === 'linear') throw new LociError('policy-cannot', 'it has no linear loss');
      return right.forwardBackward(groups, loss);
    },
  }));
  const bodiesOf = (create: () => Policy) =>
    declared((runner) => describePolicyContract(contract(create, { can }), runner)).bodies;
  const names = [
    'a loss that it does not offer is refused by name',
    'entropies that it does not compute are refused by name',
  ];
  for (const name of names) {
    await bodiesOf(refusing).get(name)!();
    const body = bodiesOf(modest(() => ({}))).get(name)!;
    await expect((async () => body())()).rejects.toThrow('is not refused');
  }
  expect([...bodiesOf(refusing).keys()]).not.toContain(
    'the linear loss is the weighted sum of its definition',
  );
});

test('a policy that draws and does no more passes what is left', async () => {
  const refuse = async (): Promise<never> => {
    throw new LociError('policy-cannot', 'this model is asked over HTTP and cannot be trained');
  };
  const remote = wrong((right) => ({
    capabilities: {
      ...right.capabilities,
      trainable: false,
      streaming: false,
      losses: [],
      entropies: false,
    },
    sample: (request) =>
      right.sample(request).pipe(mergeMap((event) => (event.type === 'chunk' ? [] : [event]))),
    ...{ logProbs: refuse, forwardBackward: refuse, optimStep: refuse, save: refuse, load: refuse },
  }));
  const can = { trainable: false, streaming: false, losses: [], entropies: false };
  const { bodies } = declared((runner) =>
    describePolicyContract(contract(remote, { can }), runner),
  );
  for (const body of bodies.values()) await body();
  expect(bodies.size).toBeGreaterThan(10);
});

test('two policies that differ by a hair are told apart', async () => {
  const batch = (seed: number): readonly TrainingGroup[] => {
    const prompt = { tokenIds: Int32Array.of(4, 5, 6), media: [] };
    const completions = [Int32Array.of(7, 8, 9 + seed), Int32Array.of(10, 0)];
    const targets = completions.map(({ length }, index) => ({
      weights: new Float32Array(length).fill(0.2),
      advantages: new Float32Array(length).fill(1 - 2 * index),
      referenceLogProbs: new Float32Array(length).fill(-3),
    }));
    return [{ prompt, completions, targets }];
  };
  const one = { name: 'one', create: async () => new FakePolicy(SETTINGS) };
  const failures = async (create: () => Policy): Promise<readonly string[]> => {
    const other = { name: 'other', create: async () => create() };
    const { bodies } = declared((runner) => describeSamePolicies({ one, other, batch }, runner));
    const failed: string[] = [];
    for (const [name, body] of bodies) {
      await Promise.resolve(body()).catch(() => failed.push(name.slice(0, 20)));
    }
    return failed;
  };
  expect(await failures(() => new FakePolicy(SETTINGS))).toEqual([]);
  const slower = wrong((right) =>
    stepped(right, ({ learningRate }) => ({ learningRate: 0.9 * learningRate })),
  );
  expect(await failures(slower)).toEqual(['5 optimizer steps le', 'a checkpoint moves t']);
  const other = await failures(() => new FakePolicy({ ...SETTINGS, seed: 3 }));
  expect(other).toContain('loss, log-probabilit');
});
