/** Compiles the scripts that pages show, all at once, as files of a project that has the built packages of this repository. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMPILED_LANGUAGES } from './listed-reasons.ts';
import { fileOf } from './read-pages.ts';
import type { Page } from './read-pages.ts';

/**
 * What the compiler says of every block of TypeScript and JavaScript, each a module of its own. Blocks marked `partial` are left out, and
 * so are files of tutorials: a test of their page compiles them where they belong.
 *
 * @returns One line a problem: `docs/looks.md:84: TS2304: Cannot find name 'abstian'.`
 */
export function compileBlocks(root: string, pages: readonly Page[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'loci-scripts-'));
  const places = new Map<string, string>();
  for (const page of pages) {
    for (const block of page.blocks) {
      const { language, marks, line, text } = block;
      if (!COMPILED_LANGUAGES.has(language) || marks.includes('partial')) continue;
      if (fileOf(block) !== undefined) continue;
      const file = `${places.size}.${language}`;
      places.set(file, `${page.file}:${line}`);
      writeFileSync(join(folder, file), text);
    }
  }
  const settings = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: { composite: false, declaration: false, declarationMap: false, noEmit: true },
    include: ['*.ts', '*.js'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  try {
    const compiler = join(root, 'node_modules/.bin/tsc');
    const { stdout, status } = spawnSync(compiler, ['-p', folder, '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const problems = [...stdout.matchAll(/^(\d+\.\w+)\((\d+),\d+\): error (.*)$/gmu)].map(
      ([, file, line, message]) => `${placeAfter(places.get(file!)!, Number(line))}: ${message!}`,
    );
    if (status !== 0 && problems.length === 0) throw new Error(stdout);
    return problems;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function placeAfter(place: string, lines: number): string {
  const [file, line] = place.split(/:(?=\d+$)/u);
  return `${file}:${Number(line) + lines}`;
}
