/** The four kinds of task that TempCompass asks of the same videos, named as the configurations on the hub are. */
export const TASK_KINDS = ['multi-choice', 'yes_no', 'caption_matching', 'captioning'] as const;

/** A kind of task. */
export type TaskKind = (typeof TASK_KINDS)[number];

/** The letter, digit or word in front of an option line: `B` of `B. falling`, `Caption B` of `Caption B: A cup rises.` */
export function optionsOf(question: string): readonly string[] {
  return question
    .split('\n')
    .filter((line) => /^(?:[A-D]\. |(?:Sentence|Option|Caption) \w: )/u.test(line));
}
