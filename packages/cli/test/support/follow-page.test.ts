import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { firstDifference, followPage } from './follow-page.ts';
import type { ReaderPlace } from './follow-page.ts';
import { readSteps } from './page-blocks.ts';

/** `sh fails` → a block of Markdown. */
const block = (info: string, ...lines: readonly string[]): string =>
  ['```' + info, ...lines, '```', ''].join('\n');

function place(): ReaderPlace {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'loci-page-')));
  const clone = join(home, 'loci');
  const targets = { greet: { options: { command: 'echo hello', cwd: '{projectRoot}' } } };
  mkdirSync(join(clone, 'packages/toy'), { recursive: true });
  mkdirSync(join(clone, 'tools'));
  const json = { name: '@loci/toy', nx: { targets } };
  writeFileSync(join(clone, 'packages/toy/package.json'), JSON.stringify(json));
  writeFileSync(join(clone, 'tools/package.json'), JSON.stringify({ name: '@loci/tools' }));
  writeFileSync(join(clone, 'nx.json'), JSON.stringify({ targetDefaults: {} }));
  return { home, clone };
}

async function follow(page: string, where = place()): Promise<ReaderPlace> {
  const file = join(where.home, 'page.md');
  writeFileSync(file, page);
  await followPage(file, where);
  return where;
}

describe('a page', () => {
  test('is followed in order: files are written, commands run, output and files compared', async () => {
    const { clone } = await follow(
      [
        '# Page\n',
        block('yaml file=../mine/a.yaml', 'steps: 2'),
        block('sh', 'cp ../mine/a.yaml b.yaml # a comment', 'pwd; echo "took 3.5 s"'),
        block('text', '/home/you/loci', 'took 0.1 s'),
        block('yaml shows=b.yaml', 'steps: 2'),
        block('sh', 'npx nx run toy:greet -- you  there'),
        block('text', 'hello you there'),
        block('sh fails', 'echo wrong; exit 3', 'echo never'),
        block('text', 'wrong'),
      ].join('\n'),
    );
    expect(readFileSync(join(clone, 'b.yaml'), 'utf8')).toBe('steps: 2\n');
  });

  test.each([
    [block('sh', 'echo one'), block('text', 'two'), 'page.md, line 1: the page says\n  two'],
    [block('sh', 'echo one; exit 1'), '', 'line 1: ended with 1:\none'],
    [block('sh fails', 'echo one'), '', 'line 1: ended with 0, and should fail'],
    [block('sh', 'echo a >b'), block('js shows=b', 'c'), 'line 4: b does not hold these lines'],
    [block('sh', 'npx nx run toy:train'), '', 'the project "toy" has no target "train"'],
    [block('sh', 'npx nx run other:greet'), '', 'Nx has no project "other"'],
    [block('sh', 'npx nx graph'), '', 'only "npx nx run" is understood'],
  ])('that is wrong is named with its line: %#', async (one, two, message) => {
    await expect(follow(one + two)).rejects.toThrow(message);
  });

  test.each([
    [block('ts', 'const a = 1;'), 'line 1: a block that nothing checks: ts'],
    [block('', 'plain'), 'line 1: a block that nothing checks: no language'],
    [`# A\n\n${block('text', 'no command')}`, 'line 3: a block that nothing checks: text'],
    [block('sh', 'a') + block('text', 'b') + block('text', 'c'), 'line 7: a block that nothing'],
    [block('ts file=', 'const a = 1;'), 'line 1: a block that nothing checks'],
    [block('ts file=a b', 'const a = 1;'), 'line 1: too many words'],
    ['- item\n\n  ```sh\n  ls\n  ```\n', 'line 3: a fence is three backticks'],
    ['```sh\nls\n', 'line 1: a block that does not end'],
  ])('with a block that would go unchecked is refused: %#', (page, message) => {
    expect(() => readSteps(page)).toThrow(message);
  });
});

describe('output', () => {
  test.each([
    ['reward 0.5  kl -1e-4', 'reward 12.75   kl 0.02\n'],
    ['in /home/you/loci/runs', 'in /h/loci/runs'],
    ['a\n…\nc', 'a\nb\nb\nc\n'],
    ['…\nc', 'a\nc\n'],
    ['a\n…', 'a\nb\n'],
    ['a (…); b', 'a (whatever it is); b'],
    ['train-0123456789ab', 'train-c5398911ee61'],
    ['a  median\n---  ------\n1  4.8 µs', 'a  median\n---  --------\n1  12.75 ms'],
  ])('%j is %j', (page, output) => {
    expect(firstDifference({ text: page, exact: false }, output, '/h')).toBeUndefined();
  });

  test.each([
    ['a\nc', 'a\nb\nc\n', 'the page says\n  c\n'],
    ['a', 'a\nb\n', 'the page does not say\n  b\n'],
    ['a\n…\nd', 'a\nb\n', 'the page says\n  d\n'],
    ['a b', 'a c', 'the page says\n  a b\n'],
    ['a (…); b', 'a; b', 'the page says\n  a (…); b\n'],
    ['a', '', 'the page says\n  a\n'],
  ])('%j is not %j', (page, output, said) => {
    expect(firstDifference({ text: page, exact: false }, output, '/h')).toContain(said);
  });

  test('may have to agree in its figures too, durations aside', () => {
    const page = { text: 'a 1.000  in 3.5 ms', exact: true };
    expect(firstDifference(page, 'a 1.000 in 2 s\n', '/h')).toBeUndefined();
    expect(firstDifference(page, 'a 0.999 in 2 s\n', '/h')).toContain('the page says');
  });
});
