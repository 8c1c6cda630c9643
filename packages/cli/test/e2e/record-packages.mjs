/** Loaded with `--import`: writes every module that Node.js resolves to the file in `LOCI_RECORD`, one a line. */
import { appendFileSync } from 'node:fs';
import { Module, register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) register(import.meta.url);

/** @param {string} module */
const record = (module) => appendFileSync(process.env['LOCI_RECORD'] ?? '', `${module}\n`);

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  record(resolved.url);
  return resolved;
}

// What is required goes past the hook.
const commonjs = /** @type {{ _load(request: string, ...given: unknown[]): unknown }} */ (
  /** @type {unknown} */ (Module)
);
const load = commonjs._load;
commonjs._load = function (request, ...given) {
  record(request);
  return load.call(this, request, ...given);
};
