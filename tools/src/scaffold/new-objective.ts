/** Makes an objective: in core with its test and its place in index and docs, or in any folder with a config. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LociError, bundledObjectives } from '@loci/core';
import { addImport, addRow, addToList } from './edit-package.ts';
import { refuseExisting, typeFolders, write } from './made.ts';
import type { Made } from './made.ts';
import {
  objectiveConfig,
  objectiveRow,
  objectiveSource,
  objectiveTest,
} from './objective-texts.ts';
import { rewardName } from './reward-name.ts';
import type { RewardName } from './reward-name.ts';
import { rewardTypes } from './reward-texts.ts';

const KNOWN = bundledObjectives.map(({ name }) => name);
const OPENING = "export const bundledObjectives: readonly ErasedPlugin<'objective'>[] = [";
const LIST =
  /^export const bundledObjectives: readonly ErasedPlugin<'objective'>\[\] = \[([^\]]*)\];$/m;

/**
 * Makes an objective in core. Nothing is written unless everything can be.
 *
 * @param root Folder of the workspace.
 * @throws LociError `scaffold-name`, `scaffold-exists`, `scaffold-shape`.
 */
export function newBundledObjective(typed: string, root: string): Made {
  const objective = objectiveName(typed);
  const folder = 'train/algorithm/objectives';
  const source = join(root, 'packages/core/src', folder, `${objective.name}.ts`);
  const test = join(root, 'packages/core/test', folder, `${objective.name}.test.ts`);
  const index = join(root, 'packages/core/src', folder, 'bundled-objectives.ts');
  const page = join(root, 'docs/objectives.md');
  refuseExisting([source, test]);
  const changes = new Map([
    [index, addToIndex(readFileSync(index, 'utf8'), objective)],
    [page, addRow(readFileSync(page, 'utf8'), objectiveRow(objective), 'objective')],
  ]);
  const files = new Map([
    [source, objectiveSource(objective)],
    [test, objectiveTest(objective)],
  ]);
  write([...files, ...changes]);
  return {
    written: [...files.keys()],
    changed: [...changes.keys()],
    next: [
      `npx nx run core:test -- ${objective.name}`,
      `npx nx run cli:train -- --set objective.use=${objective.name}`,
    ],
  };
}

/**
 * Makes an objective in a folder of its own, with a config that uses it and, where there is none, the `tsconfig.json` that gives an
 * editor its types.
 *
 * @param folder Absolute; made when it is not there.
 * @param shown The same as the person typed it, for the commands to go on with.
 * @throws LociError `scaffold-name`, `scaffold-exists`.
 */
export function newOutsideObjective(
  typed: string,
  folder: string,
  shown: string,
  root: string,
): Made {
  const objective = objectiveName(typed);
  const source = join(folder, `${objective.name}.ts`);
  const config = join(folder, `${objective.name}.yaml`);
  const types = join(folder, 'tsconfig.json');
  refuseExisting([source, config]);
  const files = new Map([
    [source, objectiveSource(objective, `./${objective.name}.ts`)],
    [config, objectiveConfig(objective)],
  ]);
  if (!existsSync(types)) files.set(types, rewardTypes(typeFolders(folder, root)));
  write([...files]);
  return {
    written: [...files.keys()],
    changed: [],
    next: [`npx nx run cli:train -- --config ${join(shown, `${objective.name}.yaml`)}`],
  };
}

function objectiveName(typed: string): RewardName {
  return rewardName(typed, KNOWN, 'objective');
}

function addToIndex(index: string, { name, variable }: RewardName): string {
  if (new RegExp(`\\b${variable}\\b`).test(index)) {
    const message = `"${name}" would be the constant ${variable}, which the objectives already have; choose another name`;
    throw new LociError('scaffold-name', message);
  }
  const withImport = addImport(index, `import { ${variable} } from './${name}.ts';`);
  return addToList(withImport, LIST, variable, [OPENING, '];', '']);
}
