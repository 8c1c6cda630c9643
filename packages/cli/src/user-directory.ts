/** Where a person stands: what they typed is meant from there, even when Nx has changed the folder. */

/** The folder a person was in: npm and Nx keep it in `INIT_CWD` when they change to another. */
export function userDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  workingDirectory: string = process.cwd(),
): string {
  const initial = environment['INIT_CWD'];
  return initial === undefined || initial === '' ? workingDirectory : initial;
}
