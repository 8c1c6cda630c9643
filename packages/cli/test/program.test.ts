import { describe, expect, test } from '@jest/globals';
import type { Actions } from '../src/flags.ts';
import { createProgram } from '../src/program.ts';

interface Call {
  readonly command: string;
  readonly flags?: object;
}

async function run(...words: string[]): Promise<{ calls: Call[]; output: string; code?: string }> {
  const calls: Call[] = [];
  let output = '';
  const record =
    (command: string) =>
    async (flags?: object): Promise<void> =>
      void calls.push(flags === undefined ? { command } : { command, flags });
  const actions: Actions = {
    init: (name, flags) => record('init')({ name, ...flags }),
    train: record('train'),
    watch: record('watch'),
    report: record('report'),
    sync: record('sync'),
    jobs: record('jobs'),
    evaluate: record('evaluate'),
    ask: record('ask'),
    pretrain: record('pretrain'),
    diagnose: record('diagnose'),
    experiment: record('experiment'),
    learning: record('learning'),
    generate: record('generate'),
    convert: (file, flags) => record('convert')({ file, ...flags }),
    checkData: record('check-data'),
    validate: record('validate'),
    score: record('score'),
    exportJob: record('export'),
    serveRewards: record('serve-rewards'),
    merge: record('merge'),
    push: record('push'),
    plugins: record('plugins'),
    configPrint: record('config print'),
    configSchema: record('config schema'),
  };
  const program = createProgram(actions, {
    configKeys: () => '  steps  120',
    roomsKeys: () => '  rooms.seed  7',
    sceneKeys: () => '  clear.sizeM  0.2',
    recipeKeys: () => '  warmUp.steps  3000',
  });
  const write = (text: string): void => void (output += text);
  const groups = program.commands.flatMap(({ commands }) => commands);
  for (const command of [program, ...program.commands, ...groups]) {
    command.configureOutput({ writeOut: write, writeErr: write });
  }
  try {
    await program.parseAsync(words, { from: 'user' });
    return { calls, output };
  } catch (thrown) {
    return { calls, output, code: (thrown as { code: string }).code };
  }
}

describe('program', () => {
  test.each([
    ['--rescore a --policy m', /'--rescore <dir>' cannot be used with option '--policy <policy>'/],
    ['--rescore a --set a.b=1', /cannot be used with option '--set/],
    ['--compare a b --items 3', /'--compare <dirs...>' cannot be used with option '--items <n>'/],
    ['--compare a b --rescore a', /cannot be used with option '--compare/],
    ['--items=-3', /at least 1/],
  ])('evaluate %s is refused', async (words, message) => {
    const { calls, output } = await run('evaluate', ...words.split(' '));
    expect(calls).toEqual([]);
    expect(output).toMatch(message);
  });

  test('two evaluations are compared into a page, and one is scored again', async () => {
    const { calls } = await run(...'evaluate --compare a b --file c.html --quiet'.split(' '));
    expect(calls).toMatchObject([{ flags: { compare: ['a', 'b'], file: 'c.html' } }]);
    expect((await run('evaluate', '--rescore', 'a')).calls).toHaveLength(1);
  });

  test('watch takes folders and a port', async () => {
    expect((await run('watch', 'runs/a', 'runs/b', '--port', '0')).calls).toEqual([
      { command: 'watch', flags: { runs: ['runs/a', 'runs/b'], port: 0 } },
    ]);
    expect((await run('watch')).calls).toEqual([{ command: 'watch', flags: { runs: [] } }]);
    expect((await run('train', '--watch')).calls).toEqual([
      { command: 'train', flags: { set: [], watch: true } },
    ]);
  });

  test('train takes every flag, with numbers as numbers and --set in order', async () => {
    const { calls } = await run(
      ...'train --config a.yaml --set a.b=1 --set c=2 --run r --steps 5 --seed 3 --quiet'.split(
        ' ',
      ),
    );
    expect(calls).toEqual([
      {
        command: 'train',
        flags: {
          config: ['a.yaml'],
          set: ['a.b=1', 'c=2'],
          run: 'r',
          steps: 5,
          seed: 3,
          quiet: true,
        },
      },
    ]);
  });

  test('merge takes three folders', async () => {
    const { calls } = await run(...'merge --model a --adapter b --to c --undo'.split(' '));
    expect(calls).toEqual([
      { command: 'merge', flags: { model: 'a', adapter: 'b', to: 'c', undo: true } },
    ]);
    expect((await run('merge', '--model', 'a', '--to', 'c')).code).toBe(
      'commander.missingMandatoryOptionValue',
    );
  });

  test('diagnose takes a model and a number of questions', async () => {
    const { calls } = await run(...'diagnose runs/mine --questions 20 --out d'.split(' '));
    expect(calls).toEqual([
      { command: 'diagnose', flags: { set: [], model: 'runs/mine', questions: 20, out: 'd' } },
    ]);
    expect((await run('diagnose')).calls).toEqual([{ command: 'diagnose', flags: { set: [] } }]);
  });

  test('report and sync take folders, and at least one', async () => {
    expect((await run('report', 'a', 'b')).calls).toEqual([
      { command: 'report', flags: { folders: ['a', 'b'] } },
    ]);
    expect((await run('sync', 'a')).calls).toEqual([{ command: 'sync', flags: { runs: ['a'] } }]);
    expect((await run('report')).code).toBe('commander.missingArgument');
  });

  test('with no flag, only the empty list of settings is passed', async () => {
    expect((await run('train')).calls).toEqual([{ command: 'train', flags: { set: [] } }]);
    expect((await run('plugins')).calls).toEqual([{ command: 'plugins', flags: {} }]);
  });

  test('help names every command, every flag and the config keys', async () => {
    const { output, code } = await run('--help');
    expect(code).toBe('commander.helpDisplayed');
    for (const command of ['train', 'evaluate', 'pretrain', 'generate', 'plugins']) {
      expect(output).toContain(command);
    }
    const train = (await run('train', '--help')).output;
    for (const flag of ['--config', '--set', '--run', '--resume', '--steps', '--seed', '--quiet']) {
      expect(train).toContain(flag);
    }
    expect(train).toContain('steps  120');
    expect((await run('generate', '--help')).output).toContain('rooms.seed  7');
    expect((await run('pretrain', '--help')).output).toContain('warmUp.steps  3000');
  });

  test.each([
    [['train', '--steps', '0'], 'at least 1'],
    [['train', '--seed', '1.5'], 'whole number'],
    [['train', '--nonsense'], 'unknown option'],
    [['generate'], '--out'],
    [['trian'], 'Did you mean train'],
  ])('%j is refused with a reason', async (words, reason) => {
    const { calls, output, code } = await run(...words);
    expect(calls).toEqual([]);
    expect(code).toMatch(/^commander\./);
    expect(output).toContain(reason);
  });
});

test.each([
  ['train', '--run', 'a', '--run', 'b'],
  ['train', '--run=a', '--steps', '2', '--run=b'],
  ['train', '--seed', '1', '--seed', '1'],
  ['serve-rewards', '--host', 'a', '--host', 'b'],
  ['score', '--rollouts', 'a', '--rollouts', 'b'],
])('%s: of a flag with one value that is given twice, none is dropped', async (...words) => {
  const { calls, output, code } = await run(...words);
  expect(calls).toEqual([]);
  expect(code).toBe('commander.error');
  expect(output).toMatch(/--(run|seed|host|rollouts) is given twice/);
});

test('lists may be given again and again', async () => {
  const { calls } = await run('train', '--set', 'a=1', '--set', 'a=2', '--quiet', '--quiet');
  expect(calls[0]!.flags).toMatchObject({ set: ['a=1', 'a=2'] });
  const configs = await run('train', '--config', 'a.yaml', '--config=b.yaml');
  expect(configs.calls[0]!.flags).toMatchObject({ config: ['a.yaml', 'b.yaml'] });
});
