import type { GroupScore } from '../../rollout/score-groups.ts';

const OPENING_TAG = /<[a-z][\w:-]*>/giu;
/** Share of a step's completions at which the repeated tag counts as a habit of the model. */
const HABIT = 0.5;

/** Notices a model that repeats the tag which its prompt already opened. Rewards reject nested tags. */
export class OpenedAgainWatch {
  #hasWarned = false;

  /** The warning of a step; at most one in a run. */
  observe(step: number, scores: readonly GroupScore[]): string | undefined {
    if (this.#hasWarned) return undefined;
    const rollouts = scores.flatMap(({ group }) =>
      group.rollouts.map(({ text }) => repeatedTag(group.prompt.opened ?? '', text)),
    );
    const repeated = rollouts.filter((tag) => tag !== undefined);
    if (repeated.length === 0 || repeated.length < HABIT * rollouts.length) return undefined;
    this.#hasWarned = true;
    return (
      `Step ${step}: the chat template of the model opens the answer with ${repeated[0]}, and ${repeated.length} of ${rollouts.length} ` +
      `completions write ${repeated[0]} again, so rewards read the tag twice. Remove it from the end of the chat template, or ` +
      'from the form that the prompt asks for'
    );
  }
}

function repeatedTag(opened: string, text: string): string | undefined {
  return opened.match(OPENING_TAG)?.find((tag) => text.includes(tag));
}
