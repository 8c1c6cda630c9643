/** `--json` of the whole command line: every command has it, and with it the output is one JSON document and nothing else. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Command } from '@commander-js/extra-typings';
import { openHead } from '@loci/cluster/jobs';
import { FakeRay } from '@loci/cluster/testing';
import { actions } from '../src/actions.ts';
import { configPrint } from '../src/commands/config.ts';
import { helpTexts } from '../src/help/help-texts.ts';
import { createProgram } from '../src/program.ts';
import { writeSyntheticRun } from './report/synthetic-run.ts';
import { quietIo } from './support/on-hub.ts';

/** Every command that can be typed, groups such as `config` left out, by its whole name. */
function commandsBelow(command: Command, path = ''): ReadonlyMap<string, Command> {
  return new Map(
    command.commands.flatMap((below): [string, Command][] => {
      const name = `${path} ${below.name()}`.trim();
      return below.commands.length === 0
        ? [[name, below as Command]]
        : [...commandsBelow(below as Command, name)];
    }),
  );
}

const quietly = { info: () => undefined, warn: () => undefined };
const home = mkdtempSync(join(tmpdir(), 'loci-json-'));

test('every command of the table has --json', () => {
  const table = commandsBelow(createProgram(actions(quietIo(home).io), helpTexts()));
  expect(table.size).toBeGreaterThan(20);
  const without = [...table].flatMap(([name, { options }]) =>
    options.some(({ long }) => long === '--json') ? [] : [name],
  );
  expect(without).toEqual([]);
});

/** Types a command with `--json`. @returns what the output holds, parsed, and what went to standard error. */
async function typed(...words: string[]): Promise<{ found: unknown; said: string }> {
  const { io, printed } = quietIo(home);
  let said = '';
  const spy = jest.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    said += String(chunk);
    return true;
  });
  try {
    await createProgram(actions(io), helpTexts()).parseAsync([...words, '--json'], {
      from: 'user',
    });
  } finally {
    spy.mockRestore();
  }
  return { found: JSON.parse(printed()) as unknown, said };
}

/** A config with every key, as a run stores it. */
async function storedConfig(set: readonly string[]): Promise<string> {
  const { io, printed } = quietIo(home);
  await configPrint({ yaml: true, set }, io);
  return printed();
}

describe('the output is one JSON document', () => {
  const run = join(home, 'a-run');
  const owner = '0123456789ab';
  const job = `loci-${owner}-1`;
  let head: FakeRay;

  beforeAll(async () => {
    await writeSyntheticRun(run);
    head = await new FakeRay().start();
    await openHead({ address: head.url }, quietly).submit({
      ...{ submissionId: job, environment: {} },
      entrypoint: 'echo one; echo two; sleep 60',
      metadata: { loci_run: owner, loci_purpose: 'train', loci_folder: 'far' },
    });
    const attempt = {
      ...{ number: 1, submissionId: job, address: head.url, outputs: { checkpoints: '/c' } },
      ...{ totalSteps: 40, trainCount: 4, validationCount: 0 },
    };
    mkdirSync(join(home, 'far'));
    const trainer = `trainer={ use: verl, address: '${head.url}', storage: /mnt }`;
    for (const [folder, set] of [
      ['far', [trainer]],
      ['a-run', []],
    ] as const) {
      writeFileSync(join(home, folder, 'config.yaml'), await storedConfig(set));
    }
    writeFileSync(
      join(home, 'far/cluster.json'),
      JSON.stringify({
        ...{ version: 1, run: owner, name: `far-${owner}`, engine: 'verl', engineVersion: '0.9.0' },
        ...{ attempts: [attempt], filled: 3 },
      }),
    );
  }, 60_000);
  afterAll(() => head.dispose());

  test('report', async () => {
    const { found, said } = await typed('report', 'a-run');
    expect(found).toEqual({ reports: [join(run, 'report.html')] });
    expect(said).toContain('report.html');
  });

  test('sync', async () => {
    expect((await typed('sync', 'a-run')).found).toEqual({
      runs: [{ directory: run, trackers: [] }],
    });
  });

  test('jobs: of runs, of a head, a log, and an end', async () => {
    const far = join(home, 'far');
    expect((await typed('jobs', 'far')).found).toEqual({
      jobs: [
        {
          ...{ run: far, status: 'running', stepsRead: 3, totalSteps: 40, engine: 'verl', job },
          place: `Ray at ${head.url}`,
        },
      ],
    });
    expect((await typed('jobs', '--address', head.url)).found).toMatchObject({
      jobs: [{ job, status: 'running', purpose: 'train', run: 'far' }],
    });
    expect((await typed('jobs', 'far', '--stop')).found).toEqual({
      jobs: [{ run: far, job, status: 'stopped' }],
    });
    const { found, said } = await typed('jobs', 'far', '--tail');
    expect(found).toMatchObject({ job, status: 'stopped' });
    expect((found as { log: readonly string[] }).log.slice(-2)).toEqual(['one', 'two']);
    expect(said).toContain('two');
  }, 30_000);

  test('experiment: the pieces and what is left of them', async () => {
    writeFileSync(
      join(home, 'trial.yaml'),
      'title: A trial\nseeds: [1]\narms: { plain: { title: Plain } }\nevaluations: { unseen: { title: Unseen } }\n',
    );
    const { found } = await typed('experiment', 'trial.yaml', '--dry-run');
    expect(found).toMatchObject({
      directory: join(home, 'runs/experiments/trial'),
      measured: false,
      pieces: [
        { name: 'evaluate/start/seed-1/unseen', state: 'not begun' },
        { name: 'train/plain/seed-1', kind: 'train', arm: 'plain', seed: 1 },
        { name: 'evaluate/plain/seed-1/unseen', after: 'train/plain/seed-1' },
      ],
    });
  });

  test('config schema, printed and written', async () => {
    const { found } = await typed('config', 'schema');
    expect(found).toHaveProperty('properties.steps');
    const file = join(home, 'schema.json');
    expect((await typed('config', 'schema', '--file', file)).found).toEqual({ file });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(found);
  });
});
