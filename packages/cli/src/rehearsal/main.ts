/**
 * `nx run cli:rehearse-spacer`: rehearses the tutorial on SpaceR-151k with its full number of records, on generated media and with a tiny
 * model. It writes a folder of the same form, reads all of it, and trains two steps of `configs/spacer.yaml`. It does the same with a tenth
 * of the records, since memory must not grow with them.
 */
import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LociError } from '@loci/core';
import { SPACER_FILES } from '@loci/datasets';
import { errorText } from '../render/error-text.ts';
import { createProgress } from '../render/progress.ts';
import { renderTable } from '../render/table.ts';
import { SPACER_RECORDS, writeRehearsalFolder } from './rehearsal-folder.ts';
import { writeTinyModel } from './tiny-model.ts';

const { values } = parseArgs({
  options: { records: { type: 'string', default: String(SPACER_RECORDS) } },
});

/** Parts of the rehearsal: each folder is written, read and trained on. */
const PARTS = 6;

const progress = createProgress(process.stdout, false);
let done = 0;

const MEASURED = join(import.meta.dirname, 'measured.js');
const CONFIG = resolve(import.meta.dirname, '../../../../configs/spacer.yaml');
const TEXTS = [
  'Think about the room, draw the map if it helps, and answer with a letter or number.',
];
/** Most memory that ten times the records may add, in megabytes: a record keeps a few numbers, and garbage varies. */
const MOST_GROWTH_MB = 96;

interface Measured {
  readonly seconds: number;
  readonly peakMegabytes: number;
}

/** Runs one command, and measures it. */
async function run(words: readonly string[], directory: string): Promise<Measured> {
  const started = performance.now();
  const environment = { ...process.env, INIT_CWD: directory };
  const child = spawn(process.execPath, [MEASURED, ...words], { env: environment });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((done) => child.on('close', done));
  const [, peak] = /^peak-memory-mb (\d+)$/m.exec(output) ?? [];
  if (code !== 0 || peak === undefined) {
    throw new LociError(
      'rehearsal-failed',
      `${words.join(' ')} ended with ${String(code)}:\n${output}`,
    );
  }
  return { seconds: (performance.now() - started) / 1000, peakMegabytes: Number(peak) };
}

async function rehearse(home: string, records: number): Promise<readonly Measured[]> {
  const folder = join(home, `records-${records}`);
  const started = performance.now();
  progress.update('rehearsal', done++, PARTS, `writing ${records} records`);
  await writeRehearsalFolder(folder, { records, videos: 1_500, rooms: 6 });
  const { size } = await stat(join(folder, SPACER_FILES.records));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  printLine(
    `${records} records (${(size / 1e6).toFixed(0)} MB), 1500 videos: written in ${seconds} s`,
  );
  progress.update('rehearsal', done++, PARTS, `reading ${records} records`);
  const check = await run(['check-data', '--data', folder, '--quiet'], home);
  const settings = [
    `policy.model=${join(home, 'model')}`,
    `dataset.folder=${folder}`,
    'sampler.maxNewTokens=24',
    'steps=2',
  ];
  progress.update('rehearsal', done++, PARTS, `training on ${records} records`);
  const set = settings.flatMap((setting) => ['--set', setting]);
  const out = ['--run', join(home, `run-${records}`), '--quiet'];
  return [check, await run(['train', '--config', CONFIG, ...set, ...out], home)];
}

async function main(): Promise<void> {
  const records = Number(values.records);
  const home = await mkdtemp(join(tmpdir(), 'loci-rehearsal-'));
  try {
    await writeTinyModel(join(home, 'model'), { seed: 1, texts: TEXTS, maxTokens: 32_768 });
    const tenth = Math.round(records / 10);
    const [few, all] = [await rehearse(home, tenth), await rehearse(home, records)];
    const rows = ['check-data', 'train, two steps'].flatMap((command, index) =>
      [[tenth, few[index]!] as const, [records, all[index]!] as const].map(
        ([count, { seconds, peakMegabytes }]) => [
          command,
          `${count}`,
          seconds.toFixed(1),
          `${peakMegabytes}`,
        ],
      ),
    );
    progress.stop();
    printLine(`\n${renderTable(['command', 'records', 'seconds', 'peak memory, MB'], rows)}`);
    const growth = Math.max(
      ...all.map(({ peakMegabytes }, index) => peakMegabytes - few[index]!.peakMegabytes),
    );
    if (growth > MOST_GROWTH_MB) {
      throw new LociError(
        'rehearsal-failed',
        `Memory grew by ${growth} MB with the records; ${MOST_GROWTH_MB} are allowed.`,
      );
    }
    printLine(`memory grew by ${growth} MB with ten times the records`);
  } finally {
    progress.stop();
    await rm(home, { recursive: true, force: true });
  }
}

function printLine(line: string): void {
  progress.line(line);
}

try {
  await main();
} catch (thrown) {
  process.stderr.write(`${errorText(thrown)}\n`);
  process.exitCode = 1;
}
