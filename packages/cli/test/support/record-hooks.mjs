/** The hooks of `record-modules.mjs`: they see each ES module before it is loaded. */
import { appendFileSync } from 'node:fs';

let file = '';

/** @param {{ readonly file: string }} data Where to write. */
export function initialize(data) {
  file = data.file;
}

/** @type {import('node:module').LoadHook} */
export function load(url, context, nextLoad) {
  appendFileSync(file, `module ${url}\n`);
  return nextLoad(url, context);
}
