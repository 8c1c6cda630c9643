/** Texts of the files of a new project: a config, a reward with its test, types for the editor, a README. */

/** Paths that the files of a project name. */
export interface ProjectPlaces {
  /** Specifier to import `@loci/core/testing` by: its name, or a URL where the project does not find it by name. */
  readonly testing: string;
  /** The JSON schema of configs, as the config names it. */
  readonly schema: string;
  /** Folders with the types of packages; undefined where the editor finds them by name. */
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
# ${name}: a short run on the questions in data/. Keys left out have their defaults; docs/config.md describes all keys.
steps: 20
promptsPerStep: 4 # questions per step, each answered several times

dataset:
  use: jsonl
  file: data/questions.jsonl # your own questions in the same form: docs/data.md

rewards:
  - use: answer
  - use: map
    weight: 2
    options: { when: always }
  - use: format
  - use: ./reward.ts # paths of plugins start from this file
    weight: 0.5

evaluate:
  controls: [] # [blank] also evaluates with black frames
`;
}

/** `reward.ts`. */
export function rewardText(): string {
  return `import { abstain, defineReward } from '@loci/core';
import { z } from 'zod';

/**
 * Share of the kinds of objects in the room that a completion names. A completion that lists every possible object would earn the full
 * value, so change the reward to what you want a model to learn.
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
    const lower = text.toLowerCase();
    const named = kinds.filter((kind) => lower.includes(kind.toLowerCase())).length;
    return { value: (named / kinds.length) ** options.power, parts: { named } };
  },
});
`;
}

/** `reward.test.mjs`, in JavaScript, so that Node 20, Vitest and Jest run it unchanged. */
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

/** `tsconfig.json`, strict. It serves the editor; the project needs no build. */
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

/** `README.md`. @param commands to type in the folder of the project. */
export function readmeText(name: string, commands: readonly string[]): string {
  return `# ${name}

\`\`\`sh
${commands.join('\n')}
\`\`\`

| file | what |
| --- | --- |
| \`config.yaml\` | the run: data, rewards, length |
| \`reward.ts\` | a reward of your own, which needs no build and no registration |
| \`reward.test.mjs\` | tests it against the reward contract |
| \`data/questions.jsonl\` | questions, one per line, about the rooms in \`data/videos\` |
| \`tsconfig.json\` | types for your editor |
`;
}
