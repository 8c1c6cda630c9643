// @ts-check
/**
 * Which libraries a package of ours carries in its own files, and why: an install script that downloads from another host, a
 * dependency that asks for a newer Node, or a size out of proportion to what we use of it.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Vendored
 * @property {Readonly<Record<string, string>>} modules what our code imports, and the entry that is bundled for it.
 * @property {readonly string[]} [external] what the bundle leaves to npm.
 * @property {readonly string[]} [also] packages that another bundler put into the package's files.
 */

const require = createRequire(import.meta.url);
const ENTRIES = fileURLToPath(new URL('entries/', import.meta.url));

/** RxJS is 12 MB as npm has it, and one file of 0.3 MB here; its ECMAScript modules, which keep their names in a bundle. */
const RXJS = { rxjs: join(dirname(require.resolve('rxjs/package.json')), 'dist/esm/index.js') };
/** Fastify's parts ask for Node 22 in part (`cookie` 2), though nothing that we use of them needs it. */
const FASTIFY = { fastify: `${ENTRIES}fastify.mjs` };

/** @type {Readonly<Record<string, Vendored>>} by the folder of the package. */
export const VENDORED = {
  core: { modules: RXJS },
  remote: { modules: RXJS },
  cluster: { modules: RXJS },
  backends: { modules: RXJS },
  watch: { modules: FASTIFY, also: ['preact', 'uplot'] },
  cli: {
    // One file of 60 MB is what draws curves; which, is shared with the live page, a part that need not be installed.
    modules: {
      ...RXJS,
      ...FASTIFY,
      '@loci/watch/plans': '@loci/watch/plans',
      'echarts/dist/echarts.esm.min': 'echarts/dist/echarts.esm.min',
    },
  },
  media: {
    // node-av's install script fetches an ffmpeg program from GitHub, which nothing here runs: its libraries are in packages of npm.
    modules: { '@mediabunny/server': '@mediabunny/server', 'node-av': 'node-av' },
    external: ['mediabunny', '@mediabunny/prores'],
  },
};
