/** Loci as npm would install it, without some packages: the built ones copied, all others linked. */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../../..');

/** What npm would put into the folder of a package of ours. */
const PUBLISHED = ['package.json', 'dist', 'assets'];

/**
 * Fills `folder/node_modules`. Our packages are copied, because Node looks for the packages of a linked one where it really lies.
 *
 * @param absent packages to leave out: a name, or all of a scope, as in `@tensorflow/`.
 * @returns the entry of the command line.
 */
export function installWithout(folder: string, absent: readonly string[]): string {
  const isAbsent = (name: string) =>
    absent.some((one) => (one.endsWith('/') ? name.startsWith(one) : name === one));
  const modules = join(folder, 'node_modules');
  const from = join(ROOT, 'node_modules');
  const names = readdirSync(from).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(from, name)).map((own) => `${name}/${own}`) : [name],
  );
  for (const name of names) {
    if (name.startsWith('.') || name.startsWith('@loci/') || isAbsent(name)) continue;
    mkdirSync(join(modules, name, '..'), { recursive: true });
    symlinkSync(join(from, name), join(modules, name));
  }
  for (const own of readdirSync(join(ROOT, 'packages'))) {
    if (isAbsent(`@loci/${own}`)) continue;
    const source = join(ROOT, 'packages', own);
    const target = join(modules, '@loci', own);
    mkdirSync(target, { recursive: true });
    for (const part of PUBLISHED) {
      const path = join(source, part);
      if (existsSync(path)) cpSync(path, join(target, part), { recursive: true });
    }
    const nested = join(source, 'node_modules');
    if (existsSync(nested)) symlinkSync(nested, join(target, 'node_modules'));
    // What a package carries of a library is left out with it.
    for (const name of absent)
      rmSync(join(target, 'dist/vendor', name), { recursive: true, force: true });
  }
  return join(modules, '@loci/cli/dist/main.js');
}
