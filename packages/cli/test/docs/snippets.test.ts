/** Every command and snippet of every page, held against the program, the schemas and the compiler. Nothing is run. */
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compileBlocks } from '../support/snippets/compile-blocks.ts';
import { knownCommands } from '../support/snippets/known-commands.ts';
import { openPageConfigs } from '../support/snippets/page-configs.ts';
import { pageProblems } from '../support/snippets/page-problems.ts';
import type { Repository } from '../support/snippets/page-problems.ts';
import { readPages } from '../support/snippets/read-pages.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const PAGES = readPages(ROOT);

let repository: Repository;
beforeAll(() => {
  repository = { root: ROOT, known: knownCommands(ROOT), configs: openPageConfigs(ROOT) };
});
afterAll(() => repository.configs.close());

test('every page is read', () => {
  expect(PAGES.map(({ file }) => file)).toEqual(
    expect.arrayContaining(['README.md', 'docs/config.md', 'docs/tutorials/custom-reward.md']),
  );
  const commands = PAGES.flatMap(({ blocks }) =>
    blocks.filter(({ language }) => language === 'sh'),
  );
  expect(commands.length).toBeGreaterThan(50);
});

test.each(PAGES.map((page) => [page.file, page] as const))(
  'the commands and snippets of %s are ones that Loci takes',
  async (_, page) => {
    expect(await pageProblems(page, repository)).toEqual([]);
  },
);

test('the compiler takes every script', () => {
  expect(compileBlocks(ROOT, PAGES)).toEqual([]);
});
