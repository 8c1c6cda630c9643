/** The files of a new reward: a small one that works, for a person to change. */
import type { RewardName } from './reward-name.ts';

/** One sentence on what the reward does until it is changed. */
export const DESCRIPTION = 'Share of the kinds of objects in the room that a completion names.';

/** The plugin. @param use How a config names it. */
export function rewardSource({ name, variable }: RewardName, use = name): string {
  return `import { abstain, defineReward } from '@loci/core';
import { z } from 'zod';

/**
 * Names count wherever they stand, so a list of all objects there are would earn the full value.
 *
 * @example { use: '${use}', weight: 0.5, options: { power: 2 } }
 */
export const ${variable} = defineReward({
  name: '${name}',
  description: '${DESCRIPTION}',
  options: z.strictObject({
    power: z.number().positive().default(1).describe('The share is raised to this power.'),
  }),
  score: ({ text }, { map = {} }, { options }) => {
    const kinds = Object.keys(map);
    if (kinds.length === 0) return abstain('the sample has no true map');
    const said = text.toLowerCase();
    const named = kinds.filter((kind) => said.includes(kind.toLowerCase())).length;
    return { value: (named / kinds.length) ** options.power, parts: { named } };
  },
});
`;
}

/** Its test, in the package of rewards. */
export function rewardTest({ name, variable }: RewardName): string {
  return `import { expect, test } from '@jest/globals';
import { describeRewardContract } from '@loci/core/testing';
import { ${variable} } from '../src/${name}.ts';
import { GOLD, ROOM, UNMAPPED, score, valuesOf } from './score.ts';

describeRewardContract({ plugin: ${variable}, sample: ROOM, gold: GOLD });

test('half the kinds of objects earn half; without a true map there is nothing to say', async () => {
  const texts = ['a chair and a lamp', 'a chair and a TV', 'nothing'];
  expect(valuesOf(await score(${variable}, texts))).toEqual([0.5, 1, 0]);
  const unmapped = await score(${variable}, texts, { sample: UNMAPPED });
  expect(valuesOf(unmapped)).toEqual(texts.map(() => 'abstained'));
});
`;
}

/** Its row in the table of rewards. */
export function rewardRow({ name }: RewardName): string {
  return `| \`${name}\` | 0…1, the share of the kinds of objects in the room that a completion names | \`power\` (1) |`;
}

/** A config that uses a reward of one's own beside the default ones. */
export function rewardConfig({ name }: RewardName): string {
  return `# A run with a reward of your own. What is not said here is as in configs/rooms.yaml.
rewards:
  - use: answer
  - use: map
    weight: 2
    options: { when: always }
  - use: format
  - use: ./${name}.ts # starts in the folder of this file
    weight: 0.5
    options: { power: 1 }
`;
}

/** Where the types of a reward's imports lie, when npm does not resolve them. */
export interface TypeFolders {
  /** The built declarations of `@loci/core`. */
  readonly core: string;
  /** The folder of packages that holds zod and the types of Node. */
  readonly nodeModules: string;
}

/** `tsconfig.json` of a folder of rewards: strict, for the editor; nothing is built. */
export function rewardTypes(folders: TypeFolders | undefined): string {
  const compilerOptions = {
    target: 'es2023',
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    ...(folders && {
      types: ['node'],
      typeRoots: [`${folders.nodeModules}/@types`],
      paths: {
        '@loci/core': [`${folders.core}/index.d.ts`],
        '@loci/core/testing': [`${folders.core}/testing/index.d.ts`],
        zod: [`${folders.nodeModules}/zod/index.d.ts`],
      },
    }),
  };
  return `${JSON.stringify({ compilerOptions, include: ['**/*.ts'] }, null, 2)}\n`;
}
