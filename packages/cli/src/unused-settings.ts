/** Settings of the command line that change nothing in the command that is given them. Those of a config file may be for other commands. */

/** Key paths that each command reads, and all below them. */
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

/** What `evaluate` reads besides where its questions are made from the dataset. */
export const READ_FOR_QUESTIONS: readonly string[] = ['dataset', 'prompt'];

/**
 * What to warn of before a command begins, one line a setting.
 *
 * @param set `key=value`, as given.
 * @param further Key paths that the command reads this time.
 * @example unusedSettings('score', ['steps=3'])[0] // '--set steps=3 changes nothing here: cli:score reads rewards, seed'
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
