/** What the checks of pages leave alone, each with the reason. Whatever a page can mark itself (`yaml partial`) does not belong here. */
import type { PageBlock } from './read-pages.ts';

/** Options of other programs, which pages name by themselves. */
export const FOREIGN_OPTIONS: ReadonlySet<string> = new Set([
  // Node
  '--cpu-prof',
  // Nx, which takes them for itself unless they come after `--`
  '--parallel',
  '--configuration',
  '--skipNxCache',
  // OpenRLHF
  '--remote_rm_url',
  '--label_key',
  '--data.max_len',
]);

/** Files that a command or the reader of a page makes. */
export const MADE_PATHS: ReadonlySet<string> = new Set([
  'docs/reference', // tools:reference writes it
  'packages/rewards/src/my-reward.ts', // tools:new -- reward my-reward
  'packages/rewards/src/inventory.ts', // tools:new -- reward inventory
  'packages/backends/src/models/toy-vl', // where a reader's own architecture would go
]);

/** Languages of blocks that hold nothing to check: what commands print, trees, diagrams. */
export const UNCHECKED_LANGUAGES: ReadonlySet<string> = new Set(['', 'text', 'mermaid']);

/** Languages that the compiler checks, all blocks at once. */
export const COMPILED_LANGUAGES: ReadonlySet<string> = new Set(['ts', 'js']);

/** Blocks that a test of their own holds against what really happens. */
const CHECKED_ELSEWHERE: readonly { readonly language: string; readonly holds: RegExp }[] = [
  // serve-rewards.test.ts compares them with what a server answers.
  { language: 'json', holds: /"status": "(?:scored|waiting)"|"extra_logs"/u },
  // serve-rewards.test.ts runs it.
  { language: 'python', holds: /^def compute_score\(/mu },
];

/** Whether another test checks a block, wherever it stands. */
export function isCheckedElsewhere({ language, text }: PageBlock): boolean {
  return CHECKED_ELSEWHERE.some((one) => one.language === language && one.holds.test(text));
}
