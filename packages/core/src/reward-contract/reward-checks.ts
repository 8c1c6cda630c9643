/** The contract of a reward as a list of checks, which the command `validate` and the contract tests both run. */
import type { Reward, RewardOutcome, ScoredText } from '../spec/index.ts';
import type { Breach, RewardRule } from './rules.ts';
import type { RewardTrial } from './trial.ts';
import type { TrialRole } from './trial-group.ts';
import type { WatchedCall } from './watched-call.ts';
import { LONG_TEXTS, ODD_TEXTS, asCompletion } from './texts.ts';

/** One rule and how it is tried. */
export interface RewardCheck {
  readonly rule: RewardRule;
  /** One sample of each kind is enough: the check does not depend on the true answer. */
  readonly once?: true;
  /** Every breach found. A reward that returns nothing usable breaks one rule, and the others are not tried. */
  run(trial: RewardTrial): Promise<readonly Breach[]>;
}

/** Values may differ from a bound, or between orders of a group, by this much: sums of fractions do. */
const TOLERANCE = 1e-6;

/** All rules, in the order in which they are tried. */
export const REWARD_CHECKS: readonly RewardCheck[] = [
  answering('answers'),
  answering('outcomes'),
  answering('finite'),
  answering('range'),
  { rule: 'gold', run: ifAnswered(goldBreaches) },
  { rule: 'garbage', run: ifAnswered(garbageBreaches) },
  { rule: 'repeat', run: ifAnswered(repeatBreaches) },
  { rule: 'fresh', run: ifAnswered(freshBreaches) },
  { rule: 'order', run: ifAnswered(orderBreaches) },
  {
    rule: 'input',
    run: ifAnswered((_, { changed }) =>
      changed === undefined ? [] : [{ rule: 'input', said: `it changed ${changed}` }],
    ),
  },
  { rule: 'empty', once: true, run: ifAnswered(emptyBreaches) },
  { rule: 'odd', once: true, run: ifAnswered(oddBreaches) },
];

function answering(rule: RewardRule): RewardCheck {
  return {
    rule,
    async run(trial) {
      const { broken } = await trial.base();
      return broken?.rule === rule ? [broken] : [];
    },
  };
}

type Answered = (
  trial: RewardTrial,
  base: WatchedCall,
) => readonly Breach[] | Promise<readonly Breach[]>;

function ifAnswered(run: Answered): RewardCheck['run'] {
  return async (trial) => {
    const base = await trial.base();
    return base.broken === undefined ? run(trial, base) : [];
  };
}

function goldBreaches({ facts }: RewardTrial, { outcomes }: WatchedCall): readonly Breach[] {
  const [, most] = facts.reward.range;
  return ofRole('gold').flatMap((index): Breach[] => {
    const outcome = outcomes[index]!;
    if (outcome.status !== 'scored' || outcome.value >= most - TOLERANCE) return [];
    const said = `it earned ${spoken(outcome)}, where ${most} is the most`;
    return [{ rule: 'gold', said, completion: facts.group[index]!.completion }];
  });

  function ofRole(role: TrialRole): readonly number[] {
    return facts.group.flatMap((entry, index) => (entry.role === role ? [index] : []));
  }
}

function garbageBreaches({ facts }: RewardTrial, { outcomes }: WatchedCall): readonly Breach[] {
  const bound = Math.max(facts.reward.range[0], 0);
  return facts.group.flatMap(({ role, completion }, index): Breach[] => {
    const outcome = outcomes[index]!;
    if (role !== 'garbage' || outcome.status !== 'scored') return [];
    if (outcome.value <= bound + TOLERANCE) return [];
    return [{ rule: 'garbage', said: `it earned ${spoken(outcome)}`, completion }];
  });
}

async function repeatBreaches(trial: RewardTrial, base: WatchedCall): Promise<readonly Breach[]> {
  const again = await trial.call(trial.completions);
  return differences('repeat', trial.completions, base.outcomes, again, 0);
}

async function freshBreaches(trial: RewardTrial, base: WatchedCall): Promise<readonly Breach[]> {
  const fresh: Reward = await trial.facts.fresh();
  const again = await trial.call(trial.completions, fresh);
  return differences('fresh', trial.completions, base.outcomes, again, 0);
}

/** Backwards, and with the first completion last. */
async function orderBreaches(trial: RewardTrial, base: WatchedCall): Promise<readonly Breach[]> {
  const straight = trial.completions.map((_, index) => index);
  const orders = [straight.toReversed(), [...straight.slice(1), ...straight.slice(0, 1)]];
  for (const order of orders) {
    const completions = order.map((index) => trial.completions[index]!);
    const expected = order.map((index) => base.outcomes[index]!);
    const found = differences('order', completions, expected, await trial.call(completions));
    if (found.length > 0) return found;
  }
  return [];
}

async function emptyBreaches(trial: RewardTrial): Promise<readonly Breach[]> {
  const { broken } = await trial.call([]);
  return broken === undefined ? [] : [{ rule: 'empty', said: broken.said }];
}

async function oddBreaches(trial: RewardTrial): Promise<readonly Breach[]> {
  const { broken } = await trial.callNamingCulprit(ODD_TEXTS.map(asCompletion));
  if (broken !== undefined) return [{ ...broken, rule: 'odd' }];
  for (const completion of LONG_TEXTS.map(asCompletion)) {
    const { broken: breach, elapsedMs } = await trial.call([completion]);
    if (breach !== undefined) return [{ ...breach, rule: 'odd', completion }];
    trial.longestMs = Math.max(trial.longestMs, elapsedMs);
  }
  return [];
}

/** Where a second result differs from the first by more than the tolerance. Reasons may differ: they are for people. */
function differences(
  rule: RewardRule,
  completions: readonly ScoredText[],
  expected: readonly RewardOutcome[],
  { outcomes, broken }: WatchedCall,
  tolerance = TOLERANCE,
): readonly Breach[] {
  if (broken !== undefined) return [{ ...broken, rule }];
  return completions.flatMap((completion, index): Breach[] => {
    const [before, now] = [expected[index]!, outcomes[index]!];
    if (isSame(before, now, tolerance)) return [];
    return [{ rule, said: `first ${spoken(before)}, then ${spoken(now)}`, completion }];
  });
}

function isSame(one: RewardOutcome, other: RewardOutcome, tolerance: number): boolean {
  if (one.status !== 'scored' || other.status !== 'scored') return one.status === other.status;
  const near = (a: number | undefined, b: number | undefined): boolean =>
    a !== undefined && b !== undefined && Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a));
  const names = new Set([...Object.keys(one.parts ?? {}), ...Object.keys(other.parts ?? {})]);
  return (
    near(one.value, other.value) &&
    [...names].every((name) => near(one.parts?.[name], other.parts?.[name]))
  );
}

/** An outcome in words: `0.667 (parsed 1; one word)`. */
export function spoken(outcome: RewardOutcome): string {
  if (outcome.status !== 'scored') return `${outcome.status}: ${outcome.reason}`;
  const parts = Object.entries(outcome.parts ?? {}).map(
    ([name, value]) => `${name} ${short(value)}`,
  );
  const remarks = [parts.join(', '), outcome.reason ?? ''].filter((text) => text !== '');
  return `${short(outcome.value)}${remarks.length === 0 ? '' : ` (${remarks.join('; ')})`}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
