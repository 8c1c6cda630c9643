/** The page on configs: its YAML is read, and means what the page says. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { readRunConfig } from '../../src/defaults.ts';

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
