/**
 * Records what a command loads, when given to Node.js as `--import`: a line for each ES module, CommonJS module and native
 * addon, into the file that LOCI_TEST_MODULES names.
 */
import { appendFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';

const file = process.env['LOCI_TEST_MODULES'] ?? '';

register('./record-hooks.mjs', import.meta.url, { data: { file } });

const open = process.dlopen;
process.dlopen = function (module, filename, flags) {
  appendFileSync(file, `addon ${filename}\n`);
  return flags === undefined
    ? open.call(process, module, filename)
    : open.call(process, module, filename, flags);
};

process.on('exit', () => {
  const { cache } = createRequire(import.meta.url);
  for (const path of Object.keys(cache)) appendFileSync(file, `module ${path}\n`);
});
