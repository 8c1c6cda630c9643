/** The rules of `eslint.layers.mjs`, tried on files that need not exist. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Linter } from 'eslint';
// eslint-disable-next-line @nx/enforce-module-boundaries -- the configuration of the repository belongs to no package.
import { house } from '../../eslint.layers.mjs';

const ROOT = join(import.meta.dirname, '../..');

/** Messages of one rule on one file. */
function complaints(rule: string, file: string, code: string): readonly string[] {
  const linter = new Linter({ cwd: ROOT });
  const config = {
    files: ['**/*.ts'],
    plugins: { house },
    rules: { [`house/${rule}`]: 'error' as const },
  };
  return linter.verify(code, [config], join(ROOT, file)).map(({ message }) => message);
}

const inBackends = (rule: string, file: string, imported: string) =>
  complaints(rule, `packages/backends/src/${file}`, `import { x } from '${imported}';`);

describe('layers', () => {
  test.each([
    ['graph/engine/a.ts', '../../engine/b.ts'],
    ['onnx/a.ts', '../graph/b.ts'],
    ['onnx/start/a.ts', '../../devices/b.ts'],
    ['tfjs/a.ts', '../threads/b.ts'],
    ['bench/main.ts', '../tfjs/a.ts'],
    ['models/index.ts', '../ops/a.ts'],
    ['engine/a.ts', '@loci/core'],
    ['index.ts', './onnx/a.ts'],
  ])('%s may use %s', (file, imported) => {
    expect(inBackends('layers', file, imported)).toEqual([]);
  });

  test.each([
    ['weights/a.ts', '../lora/b.ts', 'weights/ may use files, ops, text, models, and not lora/.'],
    [
      'models/parts/a.ts',
      '../../engine/b.ts',
      'models/ may use files, ops, text, and not engine/.',
    ],
    ['graph/a.ts', '../onnx/b.ts', /^graph\/ may use .* and not onnx\/\.$/],
    ['onnx/a.ts', '../tfjs/b.ts', /^onnx\/ may use .* and not tfjs\/\.$/],
    ['tfjs/graph/a.ts', '../../onnx/b.ts', /^tfjs\/ may use .* and not onnx\/\.$/],
    ['engine/a.ts', '../devices/b.ts', /^engine\/ may use .* and not devices\/\.$/],
    ['devices/a.ts', '../graph/b.ts', 'devices/ may use nothing beside itself, and not graph/.'],
    ['onnx/a.ts', '../index.ts', /and not index\.ts\.$/],
    ['attic/a.ts', '../ops/b.ts', 'attic/ has no layer: give it one in eslint.layers.mjs.'],
  ])('%s may not use %s', (file, imported, message) => {
    expect(inBackends('layers', file, imported)).toEqual([
      typeof message === 'string' ? message : expect.stringMatching(message),
    ]);
  });

  test('every way of importing counts', () => {
    const code = [
      "import '../lora/a.ts';",
      "export { b } from '../lora/b.ts';",
      "export * from '../lora/c.ts';",
      "void import('../lora/d.ts');",
    ];
    const file = 'packages/backends/src/weights/a.ts';
    expect(complaints('layers', file, code.join('\n'))).toHaveLength(4);
  });

  test('other packages have none', () => {
    const code = "import '../onnx/a.ts';";
    expect(complaints('layers', 'packages/media/src/files/a.ts', code)).toEqual([]);
  });
});

describe('architectures', () => {
  test.each([
    ['models/index.ts', './qwen2-5-vl/model.ts'],
    ['models/qwen2-5-vl/text.ts', './config.ts'],
    ['models/qwen2-5-vl/text.ts', '../parts/patches.ts'],
    ['models/qwen2-5-vl/text.ts', '../spec/model.ts'],
    ['models/parts/patches.ts', '../spec/sizes.ts'],
    ['models/spec/model.ts', '../../ops/tuning.ts'],
    ['tfjs/a.ts', '../models/spec/model.ts'],
    ['engine/a.ts', '../models/index.ts'],
    ['engine/a.ts', '../models/parts/patches.ts'],
  ])('%s may import %s', (file, imported) => {
    expect(inBackends('architectures', file, imported)).toEqual([]);
  });

  test.each([
    ['engine/a.ts', '../models/qwen2-5-vl/text.ts'],
    ['index.ts', './models/qwen2-5-vl/text.ts'],
    ['models/parts/patches.ts', '../qwen2-5-vl/config.ts'],
    ['models/qwen3-vl/text.ts', '../qwen2-5-vl/text.ts'],
    ['models/qwen2-5-vl/text.ts', '../index.ts'],
    ['models/spec/model.ts', '../parts/patches.ts'],
    ['models/spec/model.ts', '../index.ts'],
  ])('%s may not import %s', (file, imported) => {
    expect(inBackends('architectures', file, imported)).toHaveLength(1);
  });
});

describe('names of parameters', () => {
  const ELSEWHERE = 'packages/backends/src/lora/a.ts';

  test.each([
    "name.startsWith('visual.')",
    "'base.visual.blocks'",
    '`model.layers.${index}`',
    "'lm_head.weight'",
    "'model.embed_tokens.weight'",
    '/^visual\\./.test(name)',
    "'(.*\\\\.)?visual\\\\..*'",
    "'model.language_model.norm'",
    "'deepstack_merger_list'",
  ])('%s', (code) => {
    expect(complaints('parameter-names', ELSEWHERE, code)).toHaveLength(1);
    expect(complaints('parameter-names', 'tools/src/scale/a.ts', code)).toHaveLength(1);
    const own = 'packages/backends/src/models/qwen2-5-vl/parameters.ts';
    expect(complaints('parameter-names', own, code)).toEqual([]);
    const shared = 'packages/backends/src/models/parts/a.ts';
    expect(complaints('parameter-names', shared, code)).toHaveLength(1);
  });

  test('what only looks like one passes', () => {
    expect(complaints('parameter-names', ELSEWHERE, "'visual', 'audiovisual.mp4', 12")).toEqual([]);
  });
});
