import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A package with its version, `onnxruntime-node 1.23.2`, for the record of an evaluation. */
export function libraryWithVersion(name: string): string {
  const { version } = require(`${name}/package.json`) as { readonly version: string };
  return `${name} ${version}`;
}
