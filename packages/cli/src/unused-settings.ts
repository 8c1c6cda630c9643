/** Finds settings of `--set` that have no effect on the command. A config file may have settings for other commands. */

/** Key paths that each command reads, including all below them. */
const READ_BY = {
  'check-data': ['dataset'],
  diagnose: ['policy', 'prompt'],
  generate: ['dataset'],
  pretrain: ['policy', 'prompt'],
  score: ['rewards'],
  'serve-rewards': ['rewards'],
  validate: ['dataset', 'rewards'],
  evaluate: ['policy', 'benchmark', 'evaluate', 'sampler.maxNewTokens'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Further key paths that `evaluate` reads when its questions come from the dataset. */
export const READ_FOR_QUESTIONS: readonly string[] = ['dataset', 'prompt'];

/**
 * Warnings to print before a command begins, one line per setting.
 *
 * @param set `key=value`, as given.
 * @param further key paths that the command also reads this time.
 * @example unusedSettings('score', ['steps=3'])[0] // '--set steps=3 changes nothing here: score reads rewards, seed'
 */
export function unusedSettings(
  command: keyof typeof READ_BY,
  set: readonly string[],
  further: readonly string[] = [],
): readonly string[] {
  const read: readonly string[] = [...READ_BY[command], ...further, 'seed'];
  const isRead = (path: string) =>
    read.some((key) => `${path}.`.startsWith(`${key}.`) || `${key}.`.startsWith(`${path}.`));
  return set
    .filter((setting) => !isRead(setting.slice(0, Math.max(0, setting.indexOf('=')))))
    .map((setting) => `--set ${setting} changes nothing here: ${command} reads ${read.join(', ')}`);
}
