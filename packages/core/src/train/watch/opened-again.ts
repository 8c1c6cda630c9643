import type { GroupScore } from '../../rollout/score-groups.ts';

const OPENING_TAG = /<[a-z][\w:-]*>/giu;
/** Share of a step's completions from which on it is a habit of the model. */
const HABIT = 0.5;

/** Notices a model that opens again what its prompt has opened: nested tags have no form that a reward counts. */
export class OpenedAgainWatch {
  #hasSpoken = false;

  /** What to tell about a step, once a run. */
  observe(step: number, scores: readonly GroupScore[]): string | undefined {
    if (this.#hasSpoken) return undefined;
    const rollouts = scores.flatMap(({ group }) =>
      group.rollouts.map(({ text }) => repeatedTag(group.prompt.opened ?? '', text)),
    );
    const repeated = rollouts.filter((tag) => tag !== undefined);
    if (repeated.length === 0 || repeated.length < HABIT * rollouts.length) return undefined;
    this.#hasSpoken = true;
    return (
      `Step ${step}: the chat template of the model opens the answer with ${repeated[0]}, and ${repeated.length} of ${rollouts.length} ` +
      `completions write ${repeated[0]} again, which makes two of it for every reward. Take it out of the end of the chat template, or ` +
      'out of what the prompt asks for'
    );
  }
}

function repeatedTag(opened: string, text: string): string | undefined {
  return opened.match(OPENING_TAG)?.find((tag) => text.includes(tag));
}
