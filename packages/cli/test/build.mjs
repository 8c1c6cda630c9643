/** Builds the command line once before its tests: some of them run the compiled program in a process of its own. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

// eslint-disable-next-line no-restricted-syntax -- Jest calls the default export.
export default function build() {
  const directory = join(import.meta.dirname, '..');
  const compiler = join(directory, '../../node_modules/.bin/tsc');
  execFileSync(compiler, ['-b', 'tsconfig.build.json'], { cwd: directory, stdio: 'inherit' });
}
