/** The folder that typed paths start from, even when Nx has changed the working directory. */

/** The folder in which the user typed the command: npm and Nx keep it in `INIT_CWD` when they change to another. */
export function userDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  workingDirectory: string = process.cwd(),
): string {
  const initial = environment['INIT_CWD'];
  return initial === undefined || initial === '' ? workingDirectory : initial;
}
