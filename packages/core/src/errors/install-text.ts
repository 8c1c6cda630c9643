/** The command that installs a package, for the package manager that started this process. */

/** The scope of our packages. On a public registry it may belong to somebody else. */
const OURS = '@loci/';

/**
 * The command that installs a package. For one of ours there is no command, because it could fetch somebody else's package of the same name
 * from a public registry.
 *
 * @param wanted `sharp`, `sharp@0.35.5`, or several separated by spaces.
 * @example installText('sharp@0.35.5') // 'npm install sharp@0.35.5', or 'pnpm add sharp@0.35.5'
 */
export function installText(
  wanted: string,
  userAgent: string | undefined = process.env['npm_config_user_agent'],
): string {
  if (wanted.startsWith(OURS)) return `add ${wanted} from where your other packages of Loci came`;
  return `${userAgent?.startsWith('pnpm/') ? 'pnpm add' : 'npm install'} ${wanted}`;
}
