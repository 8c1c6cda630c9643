/** The tutorial on rewards, line by line, and the reward of getting started. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, jest, test } from '@jest/globals';
import { createRun, readConfig, validateRewards } from '@loci/core';
import { fakeLogger, fakeSample } from '@loci/core/testing';
import { packagePlugins } from '../../src/compose.ts';
import { DEFAULTS } from '../../src/defaults.ts';
import { makeClone } from '../support/clone.ts';
import { followPage } from '../support/follow-page.ts';
import type { ReaderPlace } from '../support/follow-page.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const BIN = join(ROOT, 'node_modules/.bin');

jest.setTimeout(300_000);

let reader: ReaderPlace;
beforeAll(() => {
  execFileSync(join(BIN, 'tsc'), ['-b', 'tools/tsconfig.build.json'], { cwd: ROOT });
  reader = makeClone();
});

test('the tutorial does what it says', async () => {
  await followPage(join(ROOT, 'docs/tutorials/custom-reward.md'), reader);
  const report = readFileSync(join(reader.clone, 'runs/names/report.html'), 'utf8');
  expect(report).toContain('What each reward adds');
  const files = ['inventory', 'best-answer', 'outside-judge'].map(
    (name) => `../my-rewards/${name}.ts`,
  );
  const changed = ['src/index.ts', 'src/inventory.ts', 'test/inventory.test.ts'];
  const words = [...files, ...changed.map((name) => join('packages/rewards', name))];
  const config = ['--config', join(ROOT, '.prettierrc.json'), '--check'];
  execFileSync(join(BIN, 'prettier'), [...config, ...words], { cwd: reader.clone });
});

test('the reward of getting started is all it takes; so is what the scaffold makes, types included', async () => {
  const page = readFileSync(join(ROOT, 'docs/getting-started.md'), 'utf8');
  const [, source = ''] = /```ts\n(.*?)```/s.exec(page) ?? [];
  const [, line = ''] = /`(- \{ use: \.\/brevity\.ts.*?)`/.exec(page) ?? [];
  const mine = join(reader.home, 'mine');
  mkdirSync(mine);
  const make = ['tools/dist/new.js', 'reward', 'object-names', '--to', mine];
  execFileSync(process.execPath, make, { cwd: reader.clone });
  writeFileSync(join(mine, 'brevity.ts'), source);
  execFileSync(join(BIN, 'tsc'), ['-p', mine]);
  const config = join(mine, 'mine.yaml');
  writeFileSync(config, `rewards:\n  ${line}\n  - { use: ./object-names.ts, isolate: false }\n`);

  const rewards = async () => {
    const set = ['rewards.0.isolate=false'];
    const run = await createRun({
      ...readConfig({ file: config, set, defaults: DEFAULTS }),
      plugins: packagePlugins,
      baseDirectory: reader.home,
      logger: fakeLogger(),
    });
    return run.rewards();
  };
  const samples = [fakeSample({ map: { chair: [[1, 2]], TV: [[4, 5]] } })];
  const reports = await validateRewards({
    rewards: await rewards(),
    fresh: await rewards(),
    samples,
  });
  expect(reports).toMatchObject([
    { name: 'brevity', breaches: [], silent: 0 },
    { name: 'object-names', breaches: [], silent: 0 },
  ]);
});
