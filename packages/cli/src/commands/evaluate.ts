import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADAPTER_CONFIG_FILE } from '@loci/backends';
import type { EvaluationReport, Run } from '@loci/core';
import { PASS_TITLES, reportTable } from '../evaluation-rows.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import { resolveUserPath } from '../paths.ts';
import type { EvaluateFlags } from '../program.ts';
import { createProgress } from '../render/progress.ts';
import type { Progress } from '../render/progress.ts';
import { renderTable } from '../render/table.ts';

/**
 * Asks a model the benchmark's questions and prints what it scores beside the controls; with `--out` also writes
 * `evaluation.json` and `rows.jsonl`.
 *
 * @throws LociError of the config, the data or the model; `stopped` after Ctrl-C.
 */
export async function evaluate(flags: EvaluateFlags, io: Io): Promise<void> {
  const progress = createProgress(io.out, flags.quiet === true);
  const run = await openRun({ ...flags, set: settingsOf(flags, io) }, io, {
    logger: {
      info: (message) => (flags.quiet === true ? undefined : progress.line(message)),
      warn: (message) => progress.line(`warning: ${message}`),
    },
  });
  try {
    const report = await ask(run, progress);
    progress.stop();
    const { header, rows } = reportTable(report);
    print(io, `\n${renderTable(header, rows)}`);
    for (const { sampleId, reason } of report.refused) {
      print(io, `not asked: ${sampleId}: ${reason}`);
    }
    if (flags.out !== undefined) {
      const directory = resolveUserPath(flags.out, io.userDirectory);
      writeEvaluation(directory, report);
      print(io, `\nwritten to ${directory}: evaluation.json, rows.jsonl`);
    }
  } finally {
    progress.stop();
    await run.dispose();
  }
}

/** Writes the figures and, one line an item, what was asked, answered and judged. */
export function writeEvaluation(directory: string, report: EvaluationReport): void {
  const { rows, ...figures } = report;
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'evaluation.json'), `${JSON.stringify(figures, null, 2)}\n`);
  const lines = rows.map(({ item, completion, verdict }) =>
    JSON.stringify({
      sampleId: item.id,
      questionKind: item.task,
      problem: item.question,
      options: item.options,
      solution: item.answer,
      completion,
      ...verdict,
    }),
  );
  writeFileSync(join(directory, 'rows.jsonl'), lines.map((line) => `${line}\n`).join(''));
}

function settingsOf(flags: EvaluateFlags, io: Io): readonly string[] {
  const model =
    flags.model === undefined ? undefined : resolveUserPath(flags.model, io.userDirectory);
  return [
    ...flags.set,
    ...(model === undefined ? [] : [modelSetting(model)]),
    ...(flags.questions === undefined ? [] : [`evaluate.questions=${flags.questions}`]),
  ];
}

/** A model folder takes the place of the config's; an adapter goes onto the model that the config names. */
function modelSetting(folder: string): string {
  return existsSync(join(folder, ADAPTER_CONFIG_FILE))
    ? `policy.lora=${JSON.stringify({ adapter: folder })}`
    : `policy.model=${JSON.stringify(folder)}`;
}

async function ask(run: Run, progress: Progress): Promise<EvaluationReport> {
  const interrupt = listenForInterrupt(() => progress.line('stopping (again to leave at once)'));
  try {
    return await run.evaluate({
      controls: true,
      signal: interrupt.signal,
      onProgress: (done, total, pass) => progress.update('asked', done, total, PASS_TITLES[pass]),
    });
  } finally {
    interrupt.dispose();
  }
}
