// @ts-check
/** Bundles the libraries that a package carries into `dist/vendor`, and makes its compiled files import them from there. */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { rolldown } from 'rolldown';

/** @typedef {import('./vendored.mjs').Vendored} Vendored */

const COMPILED = /\.(?:js|mjs)$/;
const FOLDER = 'vendor';

/**
 * @param {string} folder of the package, with its compiled files in `dist`.
 * @param {Vendored} vendored
 * @returns {Promise<readonly string[]>} the files whose text went into the bundles, for the notices.
 */
export async function bundle(folder, { modules, external = [] }) {
  const dist = join(folder, 'dist');
  rmSync(join(dist, FOLDER), { recursive: true, force: true });
  const names = Object.keys(modules);
  const input = Object.fromEntries(names.map((name) => [fileOf(name), modules[name] ?? name]));
  const building = await rolldown({
    cwd: folder,
    input,
    external: [...external],
    platform: 'node',
    logLevel: 'silent',
  });
  const { output } = await building.write({
    dir: join(dist, FOLDER),
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'shared-[hash].js',
    comments: { legal: true },
    minify: true,
  });
  await building.close();
  for (const path of filesBelow(dist)) {
    if (COMPILED.test(path) && !path.startsWith(join(dist, FOLDER) + sep))
      redirect(path, dist, names);
  }
  return output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
}

/**
 * The name of a bundle's file, without its ending.
 *
 * @param {string} name `@mediabunny/server`
 */
function fileOf(name) {
  return name.replace(/^@/, '').replaceAll('/', '-');
}

/**
 * @param {string} path of a compiled file.
 * @param {string} dist
 * @param {readonly string[]} names of modules.
 */
function redirect(path, dist, names) {
  const text = readFileSync(path, 'utf8');
  const changed = names.reduce((now, name) => {
    const target = relative(dirname(path), join(dist, FOLDER, `${fileOf(name)}.js`))
      .split(sep)
      .join('/');
    const address = target.startsWith('.') ? target : `./${target}`;
    const literal = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return now.replaceAll(
      new RegExp(`((?:\\bfrom|\\bimport)\\s*\\(?\\s*)(['"])${literal}\\2`, 'g'),
      `$1$2${address}$2`,
    );
  }, text);
  if (changed !== text) writeFileSync(path, changed);
}

/**
 * @param {string} folder
 * @returns {readonly string[]}
 */
function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
