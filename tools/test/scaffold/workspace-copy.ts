/** Workspaces that a scaffold may write into, and programs that are run in them. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** The real workspace. */
export const ROOT = resolve(import.meta.dirname, '../../..');

/** Folders of the workspace that a copy leaves out. */
const LEFT_OUT: readonly string[] = ['packages', 'docs', '.git', '.nx', 'runs', 'data'];

/** A workspace one package of which can be written to; all else is the real one. */
export function workspaceCopy(written: string): string {
  const root = mkdtempSync(join(tmpdir(), 'loci-scaffold-'));
  const link = (path: string): void => symlinkSync(join(ROOT, path), join(root, path));
  for (const folder of [join('packages', written), 'docs']) {
    cpSync(join(ROOT, folder), join(root, folder), {
      recursive: true,
      filter: (path) => !/\/(dist|node_modules|decisions|images)$/.test(path),
    });
  }
  const modules = join('packages', written, 'node_modules');
  if (existsSync(join(ROOT, modules))) link(modules);
  for (const name of readdirSync(join(ROOT, 'packages'))) {
    if (name !== written) link(join('packages', name));
  }
  for (const name of readdirSync(ROOT)) if (!LEFT_OUT.includes(name)) link(name);
  return root;
}

/** Runs a program of the workspace to its end; rejects with what it printed when it fails. */
export async function runTool(
  cwd: string,
  name: string,
  words: readonly string[],
  input = '',
): Promise<void> {
  const env = {
    ...process.env,
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
  };
  const running = promisify(execFile)(join(ROOT, 'node_modules/.bin', name), words, { cwd, env });
  running.child.stdin?.end(input);
  await running.catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`${name}:\n${error.stdout}\n${error.stderr}`);
  });
}
