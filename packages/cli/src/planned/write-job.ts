/** Writes a job into a folder instead of sending it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ClusterJob } from '@loci/cluster';
import { settingsPage } from './settings-text.ts';

/**
 * Writes
 *
 * - `entrypoint.txt`: the command;
 * - `working_dir/`: the files of its working folder;
 * - `job.json`: command, variables, rows and outputs;
 * - `settings.md`: how the engine treats each setting.
 */
export function writeJob(job: ClusterJob, directory: string): void {
  const write = (name: string, content: string | Uint8Array): void => {
    const file = join(directory, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  write('entrypoint.txt', `${job.entrypoint}\n`);
  for (const [name, content] of job.files) write(join('working_dir', name), content);
  const { engine, engineVersion, entrypoint, environment, rows, outputs, totalSteps } = job;
  const facts = { engine, engineVersion, entrypoint, environment, rows, outputs, totalSteps };
  write('job.json', `${JSON.stringify(facts, undefined, 2)}\n`);
  write('settings.md', settingsPage(`${engine} ${engineVersion}`, job.settings, job.departures));
}
