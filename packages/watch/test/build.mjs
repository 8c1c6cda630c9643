/** Bundles the page once before the tests, which look at it in a browser. */
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';

// eslint-disable-next-line no-restricted-syntax -- Jest calls the default export.
export default function build() {
  const directory = join(import.meta.dirname, '..');
  const vite = dirname(createRequire(import.meta.url).resolve('vite/package.json'));
  execFileSync(process.execPath, [join(vite, 'bin/vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: directory,
    stdio: 'inherit',
  });
}
