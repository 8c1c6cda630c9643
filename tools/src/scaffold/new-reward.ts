/** Makes a reward: in the workspace with its test and its place in index and docs, or in any folder with a config. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_RUN } from '@loci/core';
import { plugins } from '@loci/rewards';
import { addRow, addToIndex } from './edit-package.ts';
import { refuseExisting, typeFolders, write } from './made.ts';
import type { Made } from './made.ts';
import { rewardName } from './reward-name.ts';
import { rewardConfig, rewardRow, rewardSource, rewardTest, rewardTypes } from './reward-texts.ts';

const KNOWN = plugins.map(({ name }) => name);

/**
 * Makes a reward in the package of rewards. Nothing is written unless everything can be.
 *
 * @param root Folder of the workspace.
 * @throws LociError `scaffold-name`, `scaffold-exists`, `scaffold-shape`.
 */
export function newBundledReward(typed: string, root: string): Made {
  const reward = rewardName(typed, KNOWN);
  const at = (...path: readonly string[]): string => join(root, 'packages/rewards', ...path);
  const source = at('src', `${reward.name}.ts`);
  const test = at('test', `${reward.name}.test.ts`);
  const index = at('src/index.ts');
  const page = join(root, 'docs/rewards.md');
  refuseExisting([source, test]);
  const changes = new Map([
    [index, addToIndex(readFileSync(index, 'utf8'), reward)],
    [page, addRow(readFileSync(page, 'utf8'), rewardRow(reward))],
  ]);
  const files = new Map([
    [source, rewardSource(reward)],
    [test, rewardTest(reward)],
  ]);
  write([...files, ...changes]);
  return {
    written: [...files.keys()],
    changed: [...changes.keys()],
    next: [
      `npx nx run rewards:test -- ${reward.name}`,
      `npx nx run cli:validate -- --set rewards.${DEFAULT_RUN.rewards.length}=${reward.name}`,
    ],
  };
}

/**
 * Makes a reward in a folder of its own, with a config that uses it and, where there is none, the `tsconfig.json` that gives an
 * editor its types.
 *
 * @param folder Absolute; made when it is not there.
 * @param shown The same as the person typed it, for the commands to go on with.
 * @throws LociError `scaffold-name`, `scaffold-exists`.
 */
export function newOutsideReward(typed: string, folder: string, shown: string, root: string): Made {
  const reward = rewardName(typed, KNOWN);
  const source = join(folder, `${reward.name}.ts`);
  const config = join(folder, `${reward.name}.yaml`);
  const types = join(folder, 'tsconfig.json');
  refuseExisting([source, config]);
  const files = new Map([
    [source, rewardSource(reward, `./${reward.name}.ts`)],
    [config, rewardConfig(reward)],
  ]);
  if (!existsSync(types)) files.set(types, rewardTypes(typeFolders(folder, root)));
  write([...files]);
  const typedConfig = join(shown, `${reward.name}.yaml`);
  return {
    written: [...files.keys()],
    changed: [],
    next: [
      `npx nx run cli:validate -- --config ${typedConfig}`,
      `npx nx run cli:train -- --config ${typedConfig}`,
    ],
  };
}
