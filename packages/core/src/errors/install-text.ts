/** How a package is installed, in the words of the package manager that started this process. */

/** The scope of our packages: whoever has its name on a public registry need not be us. */
const OURS = '@loci/';

/**
 * How a package is installed. One of ours comes from where the others came: a command would fetch what bears its name on a public
 * registry, which may be anybody's.
 *
 * @param wanted `sharp`, `sharp@0.35.5`, or several with blanks between.
 * @example installText('sharp@0.35.5') // 'npm install sharp@0.35.5', or 'pnpm add sharp@0.35.5'
 */
export function installText(
  wanted: string,
  userAgent: string | undefined = process.env['npm_config_user_agent'],
): string {
  if (wanted.startsWith(OURS)) return `add ${wanted} from where your other packages of Loci came`;
  return `${userAgent?.startsWith('pnpm/') ? 'pnpm add' : 'npm install'} ${wanted}`;
}
