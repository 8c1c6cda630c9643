/** The files of a new project, for a person to change: a config, a reward with its test, types for the editor, a page. */

/** Where things lie for the files of a project. */
export interface ProjectPlaces {
  /** What `@loci/core/testing` is imported as: its name, or an address where the project does not find it by name. */
  readonly testing: string;
  /** The JSON schema of configs, as the config names it. */
  readonly schema: string;
  /** Where the types of packages lie; undefined where the editor finds them by name. */
  readonly types: TypePlaces | undefined;
}

/** Folders of declarations. */
export interface TypePlaces {
  readonly core: string;
  readonly nodeModules: string;
}

/** @param name of the project. */
export function configText(name: string, { schema }: ProjectPlaces): string {
  return `# yaml-language-server: $schema=${schema}
# ${name}: a short run on the questions in data/. What is not said here is a default; docs/config.md describes all of it.
steps: 20
promptsPerStep: 4 # questions a step, each answered several times

dataset:
  use: jsonl
  file: data/questions.jsonl # your own questions in the same form: docs/data.md

rewards:
  - use: answer
  - use: map
    weight: 2
    options: { when: always }
  - use: format
  - use: ./reward.ts # a path of a plugin starts at this file
    weight: 0.5

evaluate:
  controls: [] # blank: with a black video as well
`;
}

/** The reward. */
export function rewardText(): string {
  return `import { abstain, defineReward } from '@loci/core';
import { z } from 'zod';

/**
 * Share of the kinds of objects in the room that a completion names. A list of all objects there are would earn the full value: change it
 * to what you want a model to learn.
 */
export const namesObjects = defineReward({
  name: 'names-objects',
  description: 'Share of the kinds of objects in the room that a completion names.',
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

/** Its test, in JavaScript: Node 20 runs it as it stands, and Vitest and Jest do as well. */
export function testText({ testing }: ProjectPlaces): string {
  return `// Run it with: node --test
import { describeRewardContract, fakeSample, pluginFrom } from '${testing}';

describeRewardContract({
  plugin: await pluginFrom('reward', './reward.ts', import.meta.dirname),
  sample: fakeSample({ map: { chair: [[2, 4]], table: [[5, 5]] } }),
  gold: 'a chair beside a table',
  garbage: ['nothing at all'],
});
`;
}

/** `tsconfig.json`: strict, for the editor; nothing is built. */
export function typesText({ types }: ProjectPlaces): string {
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
    types: [],
    ...(types && {
      paths: {
        '@loci/core': [`${types.core}/index.d.ts`],
        '@loci/core/testing': [`${types.core}/testing/index.d.ts`],
        zod: [`${types.nodeModules}/zod/index.d.ts`],
      },
    }),
  };
  return `${JSON.stringify({ compilerOptions, include: ['*.ts'] }, null, 2)}\n`;
}

/** The page. @param commands to be typed in the folder of the project. */
export function readmeText(name: string, commands: readonly string[]): string {
  return `# ${name}

\`\`\`sh
${commands.join('\n')}
\`\`\`

| file | what |
| --- | --- |
| \`config.yaml\` | the run: data, rewards, length |
| \`reward.ts\` | a reward of your own; nothing to build or to register |
| \`reward.test.mjs\` | tries it against the contract of rewards |
| \`data/questions.jsonl\` | questions, one a line, about the rooms in \`data/videos\` |
| \`tsconfig.json\` | types for your editor |
`;
}
