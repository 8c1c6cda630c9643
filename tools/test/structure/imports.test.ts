import { describe, expect, test } from '@jest/globals';
import { importsOf } from '../../src/structure/imports.ts';

/** The targets that a file's imports lead to, in a tree in which each of the names is an empty file. */
function targetsOf(text: string, others: readonly string[]): readonly string[] {
  const tree = new Map([['src/a/x.ts', text], ...others.map((name) => [name, ''] as const)]);
  return importsOf(tree).map(({ to }) => to);
}

describe('importsOf', () => {
  test('every kind of import leads to its file', () => {
    const kinds = [
      "import { b } from './b.ts';",
      "import type { c } from '../c.ts';",
      "import './d.ts';",
      "export * from './e.ts';",
      "export type { f } from './f.ts';",
      "type G = import('./g.ts').G;",
      "type H = typeof import('./h.ts');",
      "const i = async () => (await import('./i.ts')).i;",
      "const j = `${await import('./j.mjs')}`;",
    ];
    const names = ['b', 'd', 'e', 'f', 'g', 'h', 'i'].map((name) => `src/a/${name}.ts`);
    const found = targetsOf(kinds.join('\n'), [...names, 'src/c.ts', 'src/a/j.mjs']);
    expect([...found].sort()).toEqual([...names, 'src/c.ts', 'src/a/j.mjs'].sort());
  });

  test('comments, texts and what is no file of the tree are no imports', () => {
    const text = [
      "// import './b.ts';",
      "const written = `import './b.ts';`;",
      "const pattern = /`/; import './c.ts';",
      "import fs from 'node:fs';",
      "import './absent.ts';",
    ].join('\n');
    expect(targetsOf(text, ['src/a/b.ts', 'src/a/c.ts'])).toEqual(['src/a/c.ts']);
  });

  test('an import has its line', () => {
    const tree = new Map([
      ['a.ts', "/** What. */\n\nimport {\n  b,\n} from './b.ts';\n"],
      ['b.ts', ''],
    ]);
    expect(importsOf(tree)).toEqual([{ from: 'a.ts', to: 'b.ts', line: 5 }]);
  });

  test('the name of a package of ours leads to its entry', () => {
    const tree = new Map([
      ['core/src/index.ts', ''],
      ['core/src/a.ts', "import '@loci/core';"],
    ]);
    const entries = new Map([['@loci/core', 'core/src/index.ts']]);
    expect(importsOf(tree, entries)[0]!.to).toBe('core/src/index.ts');
  });
});
