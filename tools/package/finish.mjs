// @ts-check
/**
 * What a package needs beside what the compiler writes, so that `npm pack` of its folder gives a whole tarball: the libraries it carries,
 * their notices, the license, and of the command line the example configs. The last step of every package's build.
 */
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { bundle } from './bundle.mjs';
import { noticesPage, partsOf } from './notices.mjs';
import { writeOnnxRuntime } from './onnxruntime.mjs';
import { VENDORED } from './vendored.mjs';

const ROOT = resolve(import.meta.dirname, '../..');

const folder = process.cwd();
const name = basename(folder);
removeStale(join(folder, 'dist'));
const vendored = VENDORED[name];
const carried = vendored === undefined ? [] : [...(await bundle(folder, vendored))];
if (name === 'backends') {
  // Only engines can load the start model, and a reward author does without both.
  const model = 'assets/start-model';
  cpSync(join(ROOT, 'packages/cli', model), join(folder, model), { recursive: true });
  const platform = `${process.platform}-${process.arch}`;
  writeOnnxRuntime(join(folder, 'dist/vendor/onnxruntime-node'), platform);
}
const further = (vendored?.also ?? []).map((one) => join(ROOT, 'node_modules', one, 'index.js'));
const parts = partsOf([...carried, ...further]);
const own = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const page = noticesPage(own.name, parts);
if (page !== undefined) writeFileSync(join(folder, 'THIRD-PARTY.md'), page);
cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
if (name === 'cli') {
  rmSync(join(folder, 'configs'), { recursive: true, force: true });
  cpSync(join(ROOT, 'configs'), join(folder, 'configs'), { recursive: true });
}

/**
 * Removes what was compiled from sources that are gone since.
 *
 * @param {string} dist
 */
function removeStale(dist) {
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const [, module, ending] = /^(.+?)(?:\.d)?\.([mc]?)[jt]s(?:\.map)?$/.exec(file) ?? [];
    const place = relative(dist, dirname(join(dist, file))).split(sep)[0] ?? '';
    if (module === undefined || ['vendor', 'page'].includes(place)) continue;
    const source = join(folder, 'src', module);
    const isThere = ['ts', 'mts', 'mjs', 'js', 'd.ts'].some((end) =>
      existsSync(`${source}.${end}`),
    );
    if (!isThere && ending !== undefined) rmSync(join(dist, file));
  }
}
