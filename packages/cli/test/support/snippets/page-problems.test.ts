/** The checks of pages find what is wrong, and let pass what is right. */
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compileBlocks } from './compile-blocks.ts';
import { declaredOptions, knownCommands } from './known-commands.ts';
import { openPageConfigs } from './page-configs.ts';
import { pageProblems } from './page-problems.ts';
import type { Repository } from './page-problems.ts';
import { readPage } from './read-pages.ts';
import { shellCommands } from './shell-words.ts';

const ROOT = resolve(import.meta.dirname, '../../../../..');

let repository: Repository;
beforeAll(() => {
  repository = { root: ROOT, known: knownCommands(ROOT), configs: openPageConfigs(ROOT) };
});
afterAll(() => repository.configs.close());

const problemsOf = (text: string): Promise<readonly string[]> =>
  pageProblems(readPage('docs/page.md', text), repository);
const block = (info: string, ...lines: string[]): string =>
  `${['```' + info, ...lines, '```'].join('\n')}\n`;

describe('commands', () => {
  test.each([
    ['npx nx run cli:train -- --stepz 20', 'loci train has no option --stepz'],
    ['npx nx run cli:trian', 'there is no target cli:trian'],
    ['npx nx run cli:train --steps 20', 'what cli:train is given comes after --'],
    ['npx nx run-many -t fuzzy', 'no project has a target fuzzy'],
    ['npx loci trian --steps 2', 'loci has no command trian'],
    ['npx loci config prnt', 'loci config has no command prnt'],
    ['TOKEN=a pnpm exec loci train --stepz 2', 'loci train has no option --stepz'],
    ['node packages/cli/dist/main.js train --stepz 2', 'loci train has no option --stepz'],
    ['npx nx run cli:train -- --steps many', 'loci train --steps many: It must be a whole number'],
    ['npx nx run cli:evaluate -- --as film', 'loci evaluate --as film: Allowed choices are'],
    ['npx nx run cli:report', "missing required argument 'folders'"],
    ['npx nx run cli:generate', "required option '--out <dir>' not specified"],
    ['npx nx run cli:train -- now', 'loci train takes 0 words, and is given 1'],
    ['npx nx run tools:scale -- --sizes 1b', 'tools:scale has no option --sizes'],
    ['npx nx run backends:bench -- --shapes small', 'backends:bench has no option --shapes'],
    ['npx nx run tools:map-study -- --room 3', 'tools:map-study has no option --room'],
    ['npm run test:slower', 'package.json has no script test:slower'],
    ['npx loci train --config configs/roms.yaml', 'there is no configs/roms.yaml'],
    ['node train.mjs', 'there is no train.mjs'],
    ['npx loci train --set objective.klWieght=0.1', 'objective.klWieght: unknown key'],
    ['npx loci train --grid objective.klWieght=0.1,0.2', 'objective.klWieght: unknown key'],
    ["npx loci evaluate --policy '{use: openai, adress: x}'", 'adress: unknown key'],
    ['npx loci evaluate --benchmark vsi', 'no benchmark plugin called "vsi"'],
    ['npx loci generate --from boxes --scenes a --out b --set clera.sizeM=1', 'clera'],
  ])('%s', async (line, problem) => {
    const problems = await problemsOf(`\n${block('sh', 'ls', line)}`);
    expect(problems.join('\n')).toContain(`docs/page.md:4: `);
    expect(problems.join('\n')).toContain(problem);
  });

  test.each([
    ['`npx nx run cli:train -- --stepz 20`', 'loci train has no option --stepz'],
    ['`cli:train --stepz 20`', 'loci train has no option --stepz'],
    ['`cli:trian`', 'there is no target cli:trian'],
    ['`train --stepz 20`', 'loci train has no option --stepz'],
    ['`--stepz N`', 'no command has an option --stepz'],
    ['`--set promtsPerStep=2`', 'promtsPerStep: unknown key'],
    ['`--set trainer.maxRoes=64`', 'trainer.maxRoes: unknown key'],
    ['`configs/roms.yaml`', 'there is no configs/roms.yaml'],
    ['`packages/core/src/no-such.ts`', 'there is no packages/core/src/no-such.ts'],
  ])('in a sentence: %s', async (span, problem) => {
    const problems = await problemsOf(`A page.\n\nSee ${span}, or not.\n`);
    expect(problems.join('\n')).toMatch(/^docs\/page\.md:3: /u);
    expect(problems.join('\n')).toContain(problem);
  });

  test('that are right pass, with values that a reader replaces', async () => {
    const page = [
      'Give `--items N` to `cli:evaluate -- --compare A B`, `cli:merge`, or `cli:export -- --to verl|ms-swift`.',
      'Then `cli:train | head`, and `--set a.b=c` with `--set …`; `npx nx run` runs `nx run PROJECT:TARGET`.',
      'The option `--set trainer.maxRows=64` is that of a trainer.',
      block('sh', 'npx nx run cli:train -- --config mine.yaml --set rewards.0.weight=2  # a note'),
      block('sh', 'npx nx run cli:evaluate -- --look \\', '  --policy RUN  # two lines'),
      block('sh', 'npx nx run tools:parity -- --fixture DIR --engine tfjs > out.txt 2>&1 | cat'),
      block('sh partial', 'npx loci no-such'),
    ];
    expect(await problemsOf(page.join('\n'))).toEqual([]);
  });

  test('a setting may mean a config that the page shows', async () => {
    const shown = block('yaml', 'trainer: { use: verl }').replace('verl', 'local');
    const list = block('yaml', 'rewards: [answer, format, length]');
    const typed = block('sh', 'npx nx run cli:train -- --config mine.yaml --set rewards.3=map');
    expect(await problemsOf(`${shown}${list}${typed}`)).toEqual([]);
  });
});

describe('snippets', () => {
  test.each([
    ['yaml', ['stepz: 20'], 'stepz: unknown key'],
    ['yaml', ['rewards: [{ use: mapp }]'], 'no reward plugin called "mapp"'],
    ['yaml', ['rewards: [{ use: map, options: { wen: always } }]'], 'wen: unknown key'],
    ['yaml', ['- { use: map, options: { wen: always } }'], 'wen: unknown key'],
    ['yaml', ['dataset: [{ use: rooms, trainScene: 3 }]'], 'trainScene: unknown key'],
    ['yaml', ['evaluate: { benchmarks: [{ use: vsi-bench, dat: x }] }'], 'dat'],
    ['yaml', ['steps: 1', 'steps: 2'], 'Map keys must be unique'],
    [
      'yaml',
      [
        'title: A',
        'arms: { a: { title: A, settings: { stepz: 1 } } }',
        'evaluations: { e: { title: E } }',
      ],
      'stepz',
    ],
    ['yaml', ['extends: configs/spacr.yaml'], 'spacr.yaml'],
    ['yaml lines', ['steps: 1', 'stepz: 2'], 'stepz: unknown key'],
    ['yaml options=reward/judge', ['options: { model: m, schma: 1 }'], 'schma: unknown key'],
    ['yaml partly', ['steps: 1'], 'unknown mark: partly'],
    ['json', ['{ "rooms": 400, "supervised": { "step": 1 } }'], 'supervised'],
    ['json', ['{ "scenes": [{ "id": "a" }] }'], 'required'],
    ['json', ['{ "stepz": 1 }'], 'stepz: unknown key'],
    ['json', ['{ steps: 1 }'], 'SyntaxError'],
    ['jsonl', ['{"question": "How many?", "answers": 4}'], 'answers'],
    ['ruby', ['puts 1'], 'nothing checks a block of ruby'],
  ])('%s %s', async (info, lines, problem) => {
    expect((await problemsOf(block(info, ...lines))).join('\n')).toContain(problem);
  });

  test.each([
    ['yaml', ['extends: [base.yaml, ../shared/small.yaml]', 'steps: 20']],
    ['yaml', ['extends: configs/spacer-verl.yaml', 'trainer: { maxRows: 64 }']],
    ['yaml', ['extends: spacer.yaml', 'x-mine: &mine { weight: 2 }']],
    ['yaml', ['rewards: [{ use: ./mine.ts }, { use: "@acme/rewards#brevity" }]']],
    ['yaml', ['policy: { model: hub:owner/name }', 'dataset: hub:owner/questions']],
    ['yaml', ['policy: { use: openai, model: m, apiKeyEnv: "${NAME}" }']],
    ['yaml partial', ['anything: at all']],
    ['json', ['{ "rooms": 400 }']],
    ['text', ['anything']],
  ])('that are right pass: %s %s', async (info, lines) => {
    expect(await problemsOf(block(info, ...lines))).toEqual([]);
  });

  test('scripts are compiled against the packages, each by itself', () => {
    const wrong = [
      "import { defineReward } from '@loci/core';",
      "const name = 'brevity';",
      'export const brevity = defineReward({ name, description: 1, score: () => 1 });',
    ];
    const right = ["import { abstain } from '@loci/core';", "export const name = abstain('why');"];
    const text = [block('ts', ...wrong), block('ts', ...right), block('ts partial', 'so; on …')];
    const problems = compileBlocks(ROOT, [readPage('docs/page.md', text.join(''))]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^docs\/page\.md:4: TS2322: .*'number'.*'string'/u);
  });
});

test('options are read from both ways of declaring them', () => {
  const commander = ".requiredOption('--fixture <folder>', 'a').option('--full', 'b', false)";
  const node =
    "options: { rounds: { type: 'string', default: '5' }, 'dry-run': { type: 'boolean' } }";
  expect(Object.fromEntries(declaredOptions(`${commander} ${node}`))).toEqual({
    '--fixture': { value: 'one' },
    '--full': { value: 'none' },
    '--rounds': { value: 'one' },
    '--dry-run': { value: 'none' },
  });
});

test('a script is split as a shell splits it', () => {
  const script = 'A=1 b \'c d\' "e \\"f" \\\n  g # h\n\ni | j && k > l\n';
  expect(shellCommands(script)).toEqual([
    { line: 0, words: ['A=1', 'b', 'c d', 'e "f', 'g'] },
    { line: 3, words: ['i'] },
    { line: 3, words: ['j'] },
    { line: 3, words: ['k'] },
  ]);
  expect(() => shellCommands("it's")).toThrow('a quote that does not end');
});
