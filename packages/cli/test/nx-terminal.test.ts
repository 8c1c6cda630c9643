/** The plugin of Nx at the root of the workspace: what Nx would print around a command, in a stand-in of Nx. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../../..');
const PLUGIN = join(ROOT, 'nx.terminal.cjs');

/** Loads the plugin, prints what Nx prints, and, asked with `--`, what a program would. */
const STAND_IN = `
require(${JSON.stringify(PLUGIN)});
const words = process.argv.slice(2);
if (words.includes('--')) console.log('help of the program: ' + words.join(' '));
else {
  console.info('\\n NX   run @loci/cli:train [options,...]\\n');
  console.log('work');
  console.log('  Run duration:      25.9s\\n  Critical path:     25.8s (1 task)');
}
`;

const place = mkdtempSync(join(tmpdir(), 'loci-nx-'));
beforeAll(() => {
  for (const name of ['nx.js', 'worker.js']) writeFileSync(join(place, name), STAND_IN);
});

const printed = (script: string, ...words: string[]): string =>
  execFileSync(process.execPath, [join(place, script), ...words], { encoding: 'utf8' });

describe('the terminal of Nx', () => {
  test('--help is handed on to the program, with the other words', () => {
    expect(printed('nx.js', 'run', 'cli:train', '--steps', '2', '--help')).toBe(
      'help of the program: run cli:train --steps 2 -- --help\n',
    );
  });

  test('no performance report follows a command', () => {
    expect(printed('nx.js', 'run-many', '-t', 'build')).toMatch(/\[options,\.\.\.\]\n\nwork\n$/u);
  });

  test('in a process that is not Nx itself, the plugin does nothing', () => {
    expect(printed('worker.js', 'run', 'cli:train', '--help')).toContain('Run duration');
  });

  test('Nx loads it in its own process, and shows no view of its own', () => {
    const nx = JSON.parse(readFileSync(join(ROOT, 'nx.json'), 'utf8')) as unknown;
    expect(nx).toMatchObject({ tui: { enabled: false }, plugins: ['./nx.terminal.cjs'] });
    expect(readFileSync(join(ROOT, '.env'), 'utf8')).toContain('NX_ISOLATE_PLUGINS=false');
  });
});
