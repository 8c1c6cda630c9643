/** `config print` and `config schema`, in this process. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { configPrint, configSchema } from '../../src/commands/config.ts';
import type { ConfigPrintFlags } from '../../src/flags.ts';
import { readRunConfig } from '../../src/defaults.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loci-print-'));
  writeFileSync(
    join(folder, 'base.yaml'),
    'steps: 30\ndataset:\n  folder: "${LOCI_TEST_DATA}/rooms"\n',
  );
  writeFileSync(
    join(folder, 'mine.yaml'),
    'extends: base.yaml\nseed: ${LOCI_TEST_SEED:-4}\nrewards: [answer]\n',
  );
  process.env['LOCI_TEST_DATA'] = '/secret/place';
});
afterEach(() => void delete process.env['LOCI_TEST_DATA']);

async function printed(flags: Partial<ConfigPrintFlags> = {}): Promise<string> {
  let text = '';
  const out = { isTTY: false, write: (piece: string) => ((text += piece), true) };
  await configPrint({ config: ['mine.yaml'], set: [], ...flags }, {
    out,
    userDirectory: folder,
  } as never);
  return text;
}

test('every value is a line with its place', async () => {
  const lines = (await printed({ set: ['checkpoint.keep=3'] })).trimEnd().split('\n');
  const row = (key: string) =>
    lines
      .find((line) => line.startsWith(`${key} `))
      ?.split(/ {2,}/u)
      .slice(1);
  expect(row('steps')).toEqual(['30', 'base.yaml:1 (extended by mine.yaml)']);
  expect(row('seed')).toEqual([
    '4',
    'mine.yaml:2 (${LOCI_TEST_SEED:-4}, environment $LOCI_TEST_SEED)',
  ]);
  expect(row('dataset.folder')).toEqual([
    '${LOCI_TEST_DATA}/rooms',
    'base.yaml:3 (extended by mine.yaml) (environment $LOCI_TEST_DATA)',
  ]);
  expect(row('checkpoint.keep')).toEqual(['3', '--set checkpoint.keep=3']);
  expect(row('rewards.0.use')).toEqual(['answer', 'mine.yaml:3']);
  expect(row('rewards.0.weight')).toEqual(['1', 'default']);
  expect(row('objective.klWeight')).toEqual(['0.002', 'default']);
  expect(lines.join('\n')).not.toContain('/secret');
});

test('as JSON, only values that are not defaults', async () => {
  const text = await printed({ changed: true, json: true });
  const values = JSON.parse(text) as readonly { readonly key: string }[];
  expect(values.map(({ key }) => key)).toEqual([
    'seed',
    'steps',
    'dataset.folder',
    'rewards.0.use',
  ]);
  expect(values[2]).toEqual({
    key: 'dataset.folder',
    reference: '${LOCI_TEST_DATA}/rooms',
    variables: ['LOCI_TEST_DATA'],
    source: {
      kind: 'file',
      file: join(folder, 'base.yaml'),
      line: 3,
      column: 3,
      extendedBy: [join(folder, 'mine.yaml')],
    },
  });
  expect(text).not.toContain('/secret');
});

test('as a config, which reads back as the same', async () => {
  const text = await printed({ yaml: true });
  expect(text).not.toContain('/secret');
  writeFileSync(join(folder, 'whole.yaml'), text);
  expect(await printed({ config: ['whole.yaml'], yaml: true })).toBe(text);
  const read = (name: string) =>
    readRunConfig({ config: name, set: [] }, { userDirectory: folder }).config;
  expect(read('whole.yaml').dataset).toMatchObject({ ...read('mine.yaml').dataset });
});

test('what a run would go on with', async () => {
  writeFileSync(join(folder, 'config.yaml'), await printed({ yaml: true }));
  const text = await printed({ config: [], resume: '.', set: ['steps=40'], changed: true });
  expect(text).toMatch(/^steps +40 +--set steps=40$/mu);
  expect(text).toMatch(/^seed +4 +config\.yaml:2$/mu);
});

test('a wrong option is printed with its place, and then the error', async () => {
  await expect(printed({ set: ['policy.nonsense=1'] })).rejects.toMatchObject({
    code: 'config-invalid',
    message: expect.stringContaining('--set policy.nonsense=1: policy.nonsense: unknown key'),
  });
});

test('the schema is printed or written', async () => {
  let text = '';
  const io = {
    out: { write: (piece: string) => ((text += piece), true) },
    userDirectory: folder,
  } as never;
  await configSchema({}, io);
  await configSchema({ file: 'run.schema.json' }, io);
  const file = readFileSync(join(folder, 'run.schema.json'), 'utf8');
  expect(text).toBe(`${file}${join(folder, 'run.schema.json')}\n`);
  expect(parse(file)).toMatchObject({ title: 'Loci run' });
});
