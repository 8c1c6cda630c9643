/** A plugin may be written in every form of module that TypeScript and Node know. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import '../../src/index.ts';
import { createFromPlugin, parseOptions } from '../../src/plugin/create-plugin.ts';
import { loadPlugin } from '../../src/plugin/load-plugin.ts';
import { PluginRegistry } from '../../src/plugin/registry.ts';
import { fakeLogger, fakeSample } from '../../src/testing/index.ts';

type Files = Readonly<Record<string, string>>;

function folderWith(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'loci-form-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** What a reward gives that returns `value`. */
async function valueOf(files: Files, reference: string): Promise<unknown> {
  const folder = folderWith(files);
  const plugin = await loadPlugin('reward', reference, new PluginRegistry(), folder);
  const context = { seed: 1, baseDirectory: folder, logger: fakeLogger() };
  const reward = await createFromPlugin(plugin, parseOptions(plugin, {}), context);
  const completions = [{ text: 'abc', tokenCount: 3, finishReason: 'stop' }] as const;
  const signal = new AbortController().signal;
  const [outcome] = await reward.score({
    sample: fakeSample(),
    completions,
    outcomes: new Map(),
    signal,
  });
  return outcome?.status === 'scored' ? outcome.value : outcome;
}

const IMPORT = `import { defineReward } from '@loci/core';\n`;
const reward = (value: string): string =>
  `defineReward({ name: 'one', description: 'x', score: () => ${value} })`;
const HALF = 'export const half: number = 0.5;';
const NAMED = `export const one = ${reward('half')};`;

const FORMS: Readonly<Record<string, readonly [reference: string, files: Files]>> = {
  'paths of the tsconfig beside it': [
    './one.ts',
    {
      'tsconfig.json': `{ "compilerOptions": { /* a comment */ "paths": { "@/*": ["./lib/*"], }, } }`,
      'lib/half.ts': HALF,
      'one.ts': `${IMPORT}import { half } from '@/half';\n${NAMED}`,
    },
  ],
  'paths with a base URL of an extended tsconfig above it': [
    './rewards/one.ts',
    {
      'tsconfig.base.json': `{ "compilerOptions": { "baseUrl": "./src", "paths": { "~lib": ["half"] } } }`,
      'tsconfig.json': `{ "extends": "./tsconfig.base.json" }`,
      'src/half.ts': HALF,
      'rewards/one.ts': `${IMPORT}import { half } from '~lib';\n${NAMED}`,
    },
  ],
  '.mts': [
    './one.mts',
    { 'half.mts': HALF, 'one.mts': `${IMPORT}import { half } from './half.mjs';\n${NAMED}` },
  ],
  '.cts with export =': [
    './one.cts',
    {
      'one.cts': `import core = require('@loci/core');\nconst { defineReward } = core;\nexport = { one: ${reward('0.5')} };`,
    },
  ],
  '.cts with the plugin as export =': [
    './one.cts',
    { 'one.cts': `const { defineReward } = require('@loci/core');\nexport = ${reward('0.5')};` },
  ],
  '.cjs with exports': [
    './one.cjs',
    {
      'one.cjs': `const { defineReward } = require('@loci/core');\nexports.one = ${reward('0.5')};`,
    },
  ],
  '.cjs with module.exports': [
    './one.cjs',
    {
      'one.cjs': `const { defineReward } = require('@loci/core');\nmodule.exports = ${reward('0.5')};`,
    },
  ],
  '.mjs': ['./one.mjs', { 'one.mjs': `${IMPORT}export const one = ${reward('0.5')};` }],
  '.js of a package of type module': [
    './one.js',
    {
      'package.json': '{ "type": "module" }',
      'one.js': `${IMPORT}export const one = ${reward('0.5')};`,
    },
  ],
  '.js that is CommonJS': [
    './one.js',
    {
      'one.js': `const { defineReward } = require('@loci/core');\nmodule.exports = { one: ${reward('0.5')} };`,
    },
  ],
  'default export': ['./one.ts', { 'one.ts': `${IMPORT}export default ${reward('0.5')};` }],
  'default export of an object': [
    './one.ts',
    { 'one.ts': `${IMPORT}export default { plugins: [${reward('0.5')}] };` },
  ],
  'top-level await': [
    './one.ts',
    {
      'half.ts': `export const half: number = await Promise.resolve(0.5);`,
      'one.ts': `${IMPORT}const { half } = await import('./half.ts');\n${NAMED}`,
    },
  ],
  'top-level await of what it imports': [
    './one.ts',
    {
      'half.ts': `export const half: number = await Promise.resolve(0.5);`,
      'one.ts': `${IMPORT}import { half } from './half.ts';\n${NAMED}`,
    },
  ],
  'types alone': [
    './one.ts',
    {
      'shape.ts': `export interface Shape { readonly half: number }\nexport type Also = Shape;`,
      'one.ts': `${IMPORT}import type { Shape } from './shape.ts';\nimport { type Also } from './shape.ts';\nimport type { Absent } from 'no-such-types';\nconst { half }: Shape & Also = { half: 0.5 } satisfies Shape;\nexport type { Absent };\n${NAMED}`,
    },
  ],
  JSON: [
    './one.ts',
    {
      'half.json': '{ "half": 0.5 }',
      'one.ts': `${IMPORT}import facts from './half.json' with { type: 'json' };\nconst { half } = facts;\n${NAMED}`,
    },
  ],
  'JSON without attributes': [
    './one.ts',
    {
      'half.json': '{ "half": 0.5 }',
      'one.ts': `${IMPORT}import facts from './half.json';\nconst { half } = facts;\n${NAMED}`,
    },
  ],
  'no ending': [
    './one.ts',
    { 'half.ts': HALF, 'one.ts': `${IMPORT}import { half } from './half';\n${NAMED}` },
  ],
  '.js for .ts': [
    './one.ts',
    { 'half.ts': HALF, 'one.ts': `${IMPORT}import { half } from './half.js';\n${NAMED}` },
  ],
  'folder with an index': [
    './one.ts',
    {
      'lib/index.ts': `export * from './half';`,
      'lib/half.ts': HALF,
      'one.ts': `${IMPORT}import { half } from './lib';\n${NAMED}`,
    },
  ],
  'enums and namespaces': [
    './one.ts',
    {
      'one.ts': `${IMPORT}enum Mode { Half = 0.5 }\nconst enum Other { Zero }\nnamespace Facts { export const half = Mode.Half + Other.Zero; }\nconst { half } = Facts;\n${NAMED}`,
    },
  ],
  'decorators and parameter properties': [
    './one.ts',
    {
      'tsconfig.json': `{ "compilerOptions": { "experimentalDecorators": true } }`,
      'one.ts': `${IMPORT}function kept(target: unknown, key: string): void {}\nclass Facts { constructor(readonly half: number) {}\n  @kept own(): number { return this.half; } }\nconst half = new Facts(0.5).own();\n${NAMED}`,
    },
  ],
  'package with exports': [
    './one.ts',
    {
      'node_modules/halves/package.json': `{ "name": "halves", "type": "module", "exports": { "./deep": { "types": "./d.ts", "import": "./deep.js" } }, "imports": {} }`,
      'node_modules/halves/deep.js': 'export const half = 0.5;',
      'one.ts': `${IMPORT}import { half } from 'halves/deep';\n${NAMED}`,
    },
  ],
  'imports of its package.json': [
    './one.ts',
    {
      'package.json': `{ "type": "module", "imports": { "#half": "./half.ts" } }`,
      'half.ts': HALF,
      'one.ts': `${IMPORT}import { half } from '#half';\n${NAMED}`,
    },
  ],
  'what the host exports': [
    './one.ts',
    {
      'half.ts': `import { map } from 'rxjs/operators';\nimport { parse } from 'yaml';\nimport { z as mini } from 'zod/mini';\nimport * as core from '@loci/core';\nexport const half: number = typeof map === 'function' && typeof mini.string === 'function' && typeof core.LociError === 'function' ? (parse('0.5') as number) : 0;`,
      'one.ts': `${IMPORT}import { fakeSample } from '@loci/core/testing';\nimport { of } from 'rxjs';\nimport z from 'zod';\nimport { half } from './half.ts';\nconst ready = [fakeSample().id, of(1), z.string()].length === 3;\nexport const one = ${reward('(ready ? half : 0)')};`,
    },
  ],
  'paths, URLs and folders of its own': [
    './one.ts',
    {
      'half.txt': '0.5',
      'one.ts': `${IMPORT}import { readFileSync } from 'node:fs';\nimport { join } from 'node:path';\nconst half = Number(readFileSync(new URL('./half.txt', import.meta.url), 'utf8')) + Number(readFileSync(join(import.meta.dirname, 'half.txt'), 'utf8')) - 0.5;\n${NAMED}`,
    },
  ],
};

describe('a plugin loads as', () => {
  test.each(Object.entries(FORMS))('%s', async (_, [reference, files]) => {
    expect(await valueOf(files, reference)).toBe(0.5);
  });
});

test('what is installed nowhere is named', async () => {
  const files = { 'one.ts': `import { x } from 'installed-nowhere';\nexport const one = x;` };
  await expect(valueOf(files, './one.ts')).rejects.toMatchObject({
    code: 'plugin-unreadable',
    message: expect.stringContaining('installed-nowhere'),
  });
});
