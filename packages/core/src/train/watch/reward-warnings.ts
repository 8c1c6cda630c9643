/** The failures of a step's rewards, one line for each reward: a judge that fails on every completion gets one line. */
import type { GroupScore, NamedPart, RewardFailure } from '../../rollout/score-groups.ts';
import { describeFailure } from './failure-watch.ts';

/** Collects the warnings of a run. */
export class RewardWarnings {
  readonly #unknownParts = new Map<string, { readonly label: string; count: number }>();

  /** The lines of a step: failures each time, a part without a value only the first time. */
  observe(step: number, scores: readonly GroupScore[]): readonly string[] {
    return [
      ...describeFailures(scores).map((line) => `Step ${step}, ${line}`),
      ...scores
        .flatMap(({ unknownParts = [] }) => unknownParts)
        .flatMap((unknown) => this.#firstOf(step, unknown)),
    ];
  }

  /** The lines for the end of the run: how often a part had no value. */
  summary(): readonly string[] {
    return [...this.#unknownParts.values()]
      .filter(({ count }) => count > 1)
      .map(
        ({ label, count }) => `${label} had no value ${count} times; its figures leave them out`,
      );
  }

  #firstOf(step: number, { reward, sampleId, completion, part, value }: NamedPart): string[] {
    const label = `The part "${part}" of the reward "${reward}"`;
    const known = this.#unknownParts.get(label);
    if (known !== undefined) {
      known.count++;
      return [];
    }
    this.#unknownParts.set(label, { label, count: 1 });
    return [
      `Step ${step}: ${lowerFirst(label)} is ${value} for sample ${sampleId}, completion ${completion}; ` +
        'a part must be a finite number, so rollouts and metrics leave such values out',
    ];
  }
}

/** One line for each reward: the number of groups left out, and its first failure. */
function describeFailures(scores: readonly GroupScore[]): readonly string[] {
  const byReward = new Map<string, { groups: number; readonly failures: RewardFailure[] }>();
  for (const { failures } of scores) {
    const inGroup = new Set<string>();
    for (const failure of failures) {
      const entry = byReward.get(failure.reward) ?? { groups: 0, failures: [] };
      byReward.set(failure.reward, entry);
      if (!inGroup.has(failure.reward)) entry.groups++;
      inGroup.add(failure.reward);
      entry.failures.push(failure);
    }
  }
  return [...byReward].map(([reward, { groups, failures }]) => {
    const first = failures[0]!;
    const left =
      groups === 1 ? 'a group is left out' : `${groups} of ${scores.length} groups are left out`;
    if (failures.length === 1) return `${left}: ${describeFailure(first)}`;
    return `${left}: reward "${reward}" failed ${failures.length} times, first on ${placeOf(first)}`;
  });
}

/** `sample scene-7#2, completion 3: threw: …`. */
function placeOf(failure: RewardFailure): string {
  return describeFailure(failure).slice(`reward "${failure.reward}", `.length);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
