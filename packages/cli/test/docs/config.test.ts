/** The page on configs: its YAML is read, and its commands are ones that the program takes. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Actions } from '../../src/flags.ts';
import { readRunConfig } from '../../src/defaults.ts';
import { createProgram } from '../../src/program.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../../../docs/config.md'), 'utf8');

function blocksOf(language: string): readonly string[] {
  const blocks = [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gmu'))];
  return blocks.map(([, text]) => text!);
}

test('every YAML block is a config', () => {
  const folder = mkdtempSync(join(tmpdir(), 'loci-page-'));
  writeFileSync(join(folder, 'base.yaml'), 'seed: 7\n');
  const configs = blocksOf('yaml').map((text, index) => {
    writeFileSync(join(folder, `${index}.yaml`), text);
    return readRunConfig({ config: `${index}.yaml` }, { userDirectory: folder }).config;
  });
  expect(configs).toHaveLength(3);
  expect(configs[1]).toMatchObject({ seed: 7, steps: 20 });
  expect(configs[2]!.rewards.map(({ use, weight }) => [use, weight])).toEqual([
    ['answer', 2],
    ['format', 2],
  ]);
});

test('every command is one that the program takes', async () => {
  const lines = blocksOf('sh').flatMap((text) => text.trimEnd().split('\n'));
  const taken: string[] = [];
  const record = async (): Promise<void> => void taken.push('taken');
  const actions = new Proxy({}, { get: () => record }) as Actions;
  for (const line of lines) {
    const [, command, words = ''] = /^npx nx run cli:([\w-]+) -- ([^#]*)/u.exec(line) ?? [];
    const none = (): string => '';
    const help = { configKeys: none, roomsKeys: none, sceneKeys: none, recipeKeys: none };
    const typed = [command!, ...words.trim().split(/\s+/u)];
    await createProgram(actions, help).parseAsync(typed, { from: 'user' });
  }
  expect(taken).toHaveLength(lines.length);
  expect(lines.length).toBeGreaterThan(6);
});
