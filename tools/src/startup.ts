/**
 * Times how quickly the built command line prints its help, as `nx run tools:startup`: medians of ten, beside an empty program
 * of Node.js, in turn. Help should take no more than 200 ms longer than the empty program on an idle machine.
 */
import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startupText, timeInTurn } from './startup/measure.ts';
import type { StartupTime } from './startup/measure.ts';

const ROUNDS = 10;
const MAIN = join(import.meta.dirname, '../../packages/cli/dist/main.js');

const folder = mkdtempSync(join(tmpdir(), 'loci-startup-'));
try {
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, '');
  const times = timeInTurn(
    [
      { name: 'an empty program', words: [empty] },
      ...['', 'train ', 'evaluate ', 'serve-rewards '].map((command) => ({
        name: `loci ${command}--help`,
        words: [MAIN, ...command.trim().split(' ').filter(Boolean), '--help'],
      })),
    ],
    ROUNDS,
  );
  console.log(`medians of ${ROUNDS}, Node.js ${process.version}`);
  console.log(startupText(times as readonly [StartupTime, ...StartupTime[]]));
} finally {
  rmSync(folder, { recursive: true });
}
