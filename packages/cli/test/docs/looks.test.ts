/** The pages on looks: the reward keeps the contract, the config is accepted, the tables name what there is. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { LOOK_METHODS, createRun, looksOfRun, readConfig, validateRewards } from '@loci/core';
import type { Run, RunReward } from '@loci/core';
import { fakeLogger, fakeSample } from '@loci/core/testing';
import { bundledPlugins } from '../../src/compose.ts';
import { DEFAULTS } from '../../src/defaults.ts';

const DOCS = join(import.meta.dirname, '../../../../docs');
const PAGE = readFileSync(join(DOCS, 'looks.md'), 'utf8');
const REWARDS_PAGE = readFileSync(join(DOCS, 'look-rewards.md'), 'utf8');
const runs: Run[] = [];

afterAll(async () => {
  for (const run of runs) await run.dispose();
});

/** The first block of a language on a page. */
function block(page: string, language: string): string {
  const [, text] = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(page) ?? [];
  if (text === undefined) throw new Error(`the page has no block of ${language}`);
  return text;
}

async function rewardsOf(folder: string, text: string): Promise<readonly RunReward[]> {
  const file = join(folder, 'run.yaml');
  writeFileSync(file, `rewards:\n${text}`);
  const run = await createRun({
    ...readConfig({ file, set: [], defaults: DEFAULTS }),
    plugins: bundledPlugins,
    baseDirectory: folder,
    logger: fakeLogger(),
  });
  runs.push(run);
  return run.rewards();
}

test('its own reward can be made from one file, and keeps the contract', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loci-looks-'));
  writeFileSync(join(folder, 'steady.ts'), block(PAGE, 'ts'));
  const rewards = () => rewardsOf(folder, '  - { use: ./steady.ts, isolate: false }\n');
  const [report] = await validateRewards({
    rewards: await rewards(),
    fresh: await rewards(),
    samples: [fakeSample()],
  });
  expect(report).toMatchObject({ name: 'steady', breaches: [], silent: 0, means: { gold: 1 } });
  const [made] = await rewards();
  expect([...looksOfRun([made!])]).toEqual([['backward', { show: 'reversed', completions: 1 }]]);
});

test('its config is accepted, and its tables name the looks that there are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loci-looks-'));
  const written = `  - use: answer\n${block(REWARDS_PAGE, 'yaml').replace(/^/gm, '  ')}`;
  const [, mirror] = await rewardsOf(folder, written);
  expect([...looksOfRun([mirror!]).values()]).toEqual([{ show: 'mirrored', completions: 2 }]);
  const [, table = ''] = /## Looks there are\n(.*?)\n- /s.exec(PAGE) ?? [];
  const rows = [...table.matchAll(/^\| `([a-z-]+)` \| .* \| (videos(?: and images)?) \|$/gm)];
  expect(Object.fromEntries(rows.map(([, name, media]) => [name, media]))).toEqual(
    Object.fromEntries(
      Object.entries(LOOK_METHODS).map(([name, { media }]) => [
        name,
        media.length === 2 ? 'videos and images' : 'videos',
      ]),
    ),
  );
});
