import { describe, expect, test } from '@jest/globals';
import { fileCircles, folderCircles } from '../../src/structure/import-circles.ts';
import { importsOf } from '../../src/structure/imports.ts';

/** The imports of a tree in which each file imports the files behind it, by a plain import. */
function importing(tree: Readonly<Record<string, readonly string[]>>) {
  const texts = Object.entries(tree).map(([file, targets]) => {
    const up = '../'.repeat(file.split('/').length - 1);
    return [file, targets.map((target) => `import './${up}${target}';\n`).join('')] as const;
  });
  return importsOf(new Map(texts));
}

describe('circles of files', () => {
  test('a tree of files has none', () => {
    const imports = importing({
      'src/a.ts': ['src/b.ts', 'src/c.ts'],
      'src/b.ts': ['src/d.ts'],
      'src/c.ts': ['src/d.ts'],
      'src/d.ts': [],
    });
    expect(fileCircles(imports)).toEqual([]);
    expect(folderCircles(imports)).toEqual([]);
  });

  test('a circle that one type import closes is caught, with the line of each import', () => {
    const imports = importsOf(
      new Map([
        ['src/a.ts', "import { b } from './b.ts';"],
        ['src/b.ts', "\nimport type { A } from './a.ts';"],
      ]),
    );
    const [breach, ...rest] = fileCircles(imports);
    expect(rest).toEqual([]);
    expect(breach!.file).toBe('src/a.ts');
    expect(breach!.rule).toContain('circle of files: src/a.ts → src/b.ts → src/a.ts');
    expect(breach!.rule).toContain('src/a.ts:1 → src/b.ts');
    expect(breach!.rule).toContain('src/b.ts:2 → src/a.ts');
    expect(folderCircles(imports)).toEqual([]);
  });

  test('a circle through three files and a dynamic import is caught', () => {
    const imports = importsOf(
      new Map([
        ['src/a.ts', "export * from './b.ts';"],
        ['src/b.ts', "import './c.ts';"],
        ['src/c.ts', "const a = () => import('./a.ts');"],
      ]),
    );
    expect(fileCircles(imports)[0]!.rule).toContain('src/a.ts → src/b.ts → src/c.ts → src/a.ts');
  });
});

describe('circles of folders', () => {
  test('two folders that use each other are caught, though no two files do', () => {
    const imports = importing({
      'src/one/a.ts': ['src/two/b.ts'],
      'src/two/b.ts': [],
      'src/two/c.ts': ['src/one/d.ts'],
      'src/one/d.ts': [],
    });
    expect(fileCircles(imports)).toEqual([]);
    const [breach, ...rest] = folderCircles(imports);
    expect(rest).toEqual([]);
    expect(breach!.file).toBe('src/one/');
    expect(breach!.rule).toContain('circle of folders in src/: one/ → two/ → one/');
    expect(breach!.rule).toContain('src/one/a.ts:1 → src/two/b.ts');
    expect(breach!.rule).toContain('src/two/c.ts:1 → src/one/d.ts');
  });

  test('a nested folder counts for the folder it lies in, where the two paths part', () => {
    const imports = importing({
      'src/rollout/isolated/a.ts': ['src/plugin/b.ts'],
      'src/plugin/b.ts': [],
      'src/plugin/c.ts': ['src/rollout/d.ts'],
      'src/rollout/d.ts': [],
    });
    expect(folderCircles(imports)[0]!.rule).toContain('plugin/ → rollout/ → plugin/');
  });

  test('folders inside a folder are a graph of their own', () => {
    const imports = importing({
      'src/a/one/x.ts': ['src/a/two/y.ts'],
      'src/a/two/y.ts': [],
      'src/a/two/z.ts': ['src/a/one/w.ts'],
      'src/a/one/w.ts': [],
    });
    expect(folderCircles(imports)[0]!.rule).toContain('folders in src/a/: one/ → two/ → one/');
  });

  test('a file beside a folder may use it or be used by it; both at once is a circle', () => {
    const used = {
      'src/main.ts': ['src/inner/x.ts'],
      'src/inner/x.ts': ['src/io.ts'],
      'src/io.ts': [],
    };
    expect(folderCircles(importing(used))).toEqual([]);
    const both = importing({ ...used, 'src/io.ts': ['src/inner/y.ts'], 'src/inner/y.ts': [] });
    expect(fileCircles(both)).toEqual([]);
    expect(folderCircles(both)[0]!.rule).toContain('inner/ → io.ts → inner/');
  });

  test('of many imports behind one arrow some are printed and the rest is counted', () => {
    const many = Array.from({ length: 8 }, (_, index) => `src/two/${index}.ts`);
    const imports = importing({
      'src/one/a.ts': many,
      ...Object.fromEntries(many.map((file) => [file, []])),
      'src/two/back.ts': ['src/one/b.ts'],
      'src/one/b.ts': [],
    });
    expect(folderCircles(imports)[0]!.rule).toContain('and 3 more');
  });
});
