/** The four kinds of task of TempCompass, about the same videos. Their names are those of the configurations on the hub. */
export const TASK_KINDS = ['multi-choice', 'yes_no', 'caption_matching', 'captioning'] as const;

/** A kind of task. */
export type TaskKind = (typeof TASK_KINDS)[number];

/** The option lines of a question: `B. falling`, `Caption B: A cup rises.` */
export function optionsOf(question: string): readonly string[] {
  return question
    .split('\n')
    .filter((line) => /^(?:[A-D]\. |(?:Sentence|Option|Caption) \w: )/u.test(line));
}
