/**
 * `npx nx run cli:drill`: puts the promises of `docs/reliability.md` to the test on real processes of the built command line: kills, signals,
 * misbehaving servers, hostile requests, full disks and second writers. The exit code is 1 when a promise is broken.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, release, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { LociError, messageOf } from '@loci/core';
import { killAll } from './drill/base/command.ts';
import { DEFAULT_LENGTH } from './drill/base/rounds.ts';
import type { DrillLength } from './drill/base/rounds.ts';
import { chosenDrills } from './drill/chosen.ts';
import { DRILLS } from './drill/drills.ts';
import { runDrills } from './drill/run-drills.ts';
import { allHeld, reportText } from './drill/table.ts';
import type { DrillReport } from './drill/table.ts';

const ROOT = resolve(import.meta.dirname, '../..');

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of at least 0.');
}

function atLeastOne(text: string): number {
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}

function positive(text: string): number {
  if (Number(text) > 0 && Number.isFinite(Number(text))) return Number(text);
  throw new InvalidArgumentError('It must be a number above 0.');
}

function lengthOf(rounds: number | undefined, minutes: number | undefined): DrillLength {
  if (rounds !== undefined) return { rounds };
  return minutes === undefined ? DEFAULT_LENGTH : { minutes };
}

function say(line: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
}

/** On a signal nothing is left at work, and nothing on disk but what `--keep` is for. */
function cleanUpOnSignal(remove: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      killAll();
      remove();
      process.exit(130);
    });
  }
}

const HELP = `
Drills:
${DRILLS.map(({ name, title }) => `  ${name.padEnd(18)}${title}`).join('\n')}

One round of every drill takes minutes on two idle cores, and 24 on two that twenty other processes share. What a seed decides is what is done and when; at which
instruction a process dies depends on the machine, so a rare fault may need further rounds of its seed.
The exit code is 0 when every promise held, 1 when one was broken, 130 after Ctrl-C.

  npx nx run cli:drill -- --only kill-training --minutes 60
  npx nx run cli:drill -- --seed 4711 --only servers --keep
`;

const program = new Command('drill')
  .description('Kills, misleads and floods Loci, and holds what comes of it against its promises.')
  .option('--only <names>', 'drills to run, with commas between them (default: all)')
  .option('--seed <n>', 'seed of every choice; drawn and printed when left out', wholeNumber)
  .addOption(
    new Option('--rounds <n>', 'rounds of each drill (default: 1)')
      .argParser(atLeastOne)
      .conflicts('minutes'),
  )
  .option('--minutes <n>', 'rounds for about so long, all drills together', positive)
  .option('--keep', 'keep the files of rounds that broke a promise, and print their folders')
  .option('--json <file>', 'write what was found as JSON')
  .addHelpText('after', HELP)
  .action(
    async ({ only, seed = Math.floor(Math.random() * 2 ** 31), rounds, minutes, ...rest }) => {
      const { keep = false, json } = rest;
      const drills = chosenDrills(only, DRILLS);
      const folder = mkdtempSync(join(tmpdir(), 'loci-drill-'));
      const remove = (): void => rmSync(folder, { recursive: true, force: true });
      cleanUpOnSignal(keep ? () => undefined : remove);
      say(`seed ${seed}; files lie in ${folder} meanwhile`);
      const date = new Date().toISOString();
      const results = await runDrills({
        ...{ drills, seed, folder, keep, say },
        length: lengthOf(rounds, minutes),
        main: join(ROOT, 'packages/cli/dist/main.js'),
      });
      const machine = `${platform()} ${release()} ${arch()}, ${cpus().length} cores, Node.js ${process.version}`;
      const report: DrillReport = { date, seed, machine, drills: results };
      if (json !== undefined) {
        const file = resolve(process.env['INIT_CWD'] ?? '.', json);
        writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
      }
      console.log(`\n${reportText(report)}`);
      const isKept = keep && !allHeld(results) && readdirSync(folder).length > 0;
      if (isKept) console.log(`files of what broke: ${folder}`);
      else remove();
      process.exitCode = allHeld(results) ? 0 : 1;
    },
  );

try {
  await program.parseAsync();
} catch (thrown) {
  const code = LociError.is(thrown) ? `${thrown.code}: ` : '';
  console.error(`error ${code}${messageOf(thrown)}`);
  process.exitCode = 1;
}
