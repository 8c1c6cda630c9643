/** A run that takes a text from the environment: its folder never holds the text, and the run goes on with it. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { temporaryFolder, trainToy } from '../../toy-run.ts';

const SECRET = 'figures-of-4711';
const SETTINGS = (steps: number) => [
  `steps=${steps}`,
  'promptsPerStep=2',
  'sampler.completionsPerPrompt=2',
  'sinks=[{ use: jsonl, file: "${LOCI_TEST_SECRET:-metrics}.jsonl" }]',
];

beforeAll(() => void (process.env['LOCI_TEST_SECRET'] = SECRET));
afterAll(() => void delete process.env['LOCI_TEST_SECRET']);

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

test('the reference is stored, and is no other setting when the run goes on', async () => {
  const folder = temporaryFolder();
  await trainToy(folder, SETTINGS(1));
  const files = filesOf(folder);
  expect(files).toContain(join(folder, `${SECRET}.jsonl`));
  for (const file of files) expect(readFileSync(file, 'utf8')).not.toContain(SECRET);
  const config = () => readFileSync(join(folder, 'config.yaml'), 'utf8');
  expect(parse(config())).toMatchObject({
    sinks: [{ file: '${LOCI_TEST_SECRET:-metrics}.jsonl' }],
  });
  const before = config();
  const { lines } = await trainToy(folder, SETTINGS(1), {}, { resume: true });
  expect(lines.filter((line) => line.includes('other settings'))).toEqual([]);
  expect(config()).toBe(before);
  const longer = await trainToy(folder, SETTINGS(2), {}, { resume: true });
  const [told] = longer.lines.filter((line) => line.includes('other settings'));
  expect(told).toMatch(/with: steps 1 → 2$/);
});
