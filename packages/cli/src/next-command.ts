/** Writes commands of Loci as the user types them: through Nx in the repository, through npm or pnpm where Loci is installed. */
import { basename, relative, sep } from 'node:path';

/** The facts of a process that show how it was started. */
export interface Start {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As `process.argv`. */
  readonly argv: readonly string[];
  readonly cwd: string;
}

/**
 * A command of Loci, ready to type.
 *
 * @param words arguments of the command.
 * @example nextCommand('train', '--resume runs/1') // 'npx nx run cli:train -- --resume runs/1', or 'npx loci train --resume runs/1'
 */
export function nextCommand(command: string, words = '', start: Start = ownStart()): string {
  const { env, argv, cwd } = start;
  if (isUnderNx(env)) return `npx nx run cli:${command}${words === '' ? '' : ` -- ${words}`}`;
  const program = argv[1] ?? '';
  const typed = words === '' ? command : `${command} ${words}`;
  if (program.split(sep).includes('node_modules')) {
    const isPnpm = env['npm_config_user_agent']?.startsWith('pnpm/') === true;
    return `${isPnpm ? 'pnpm exec' : 'npx'} loci ${typed}`;
  }
  if (basename(program) !== 'main.js') return `loci ${typed}`;
  return `node ${relative(cwd, program)} ${typed}`;
}

/** Whether a target of Nx started this process. */
export function isUnderNx(env: Start['env'] = process.env): boolean {
  return env['NX_TASK_TARGET_PROJECT'] !== undefined;
}

function ownStart(): Start {
  return { env: process.env, argv: process.argv, cwd: process.cwd() };
}
