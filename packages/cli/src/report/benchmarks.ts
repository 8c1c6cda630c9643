/** Reads and renders the further benchmarks of a run. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseReport } from '@loci/core';
import type { StoredReport } from '@loci/core';
import { scorerTable } from '../evaluation/report-tables.ts';
import { html } from '../page/html.ts';
import type { Html } from '../page/html.ts';
import { tableHtml } from '../page/page.ts';

/** The evaluation of a benchmark at one step of a run. */
export interface StepBenchmark extends Pick<StoredReport, 'facts' | 'report'> {
  readonly name: string;
  /** Steps trained before. */
  readonly step: number;
}

/** Folders of the run's own benchmark. */
const OWN = /^(?:before|after|step-\d+)$/u;

/** The finished evaluations of further benchmarks in a run folder, by name and step. */
export function readBenchmarks(runDirectory: string): readonly StepBenchmark[] {
  const root = join(runDirectory, 'evaluations');
  if (!existsSync(root)) return [];
  const folders = readdirSync(root, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !OWN.test(entry.name),
  );
  return folders.flatMap(({ name }) =>
    readdirSync(join(root, name)).flatMap((step) => {
      const path = join(root, name, step, 'report.json');
      if (!existsSync(path)) return [];
      const { facts, report } = parseReport(readFileSync(path, 'utf8'), path);
      return [{ facts, report, name, step: Number(step.replace('step-', '')) }];
    }),
  );
}

/** First and last evaluation of each benchmark under all scorers; undefined without further benchmarks. */
export function benchmarksHtml(evaluated: readonly StepBenchmark[]): Html | undefined {
  if (evaluated.length === 0) return undefined;
  const names = [...new Set(evaluated.map(({ name }) => name))];
  const tables = names.map((name) => {
    const own = evaluated.filter((one) => one.name === name).sort((a, b) => a.step - b.step);
    const ends = own.length > 1 ? [own[0]!, own.at(-1)!] : own;
    return html`<h3>${ends[0]!.facts.title}</h3>
      ${ends.map(
        ({ step, facts, report }) =>
          html`<div class="faint">after ${step} steps</div>
            ${tableHtml(scorerTable(report.conditions['as-filmed']?.scorers ?? [], facts))}`,
      )}
      <div class="faint">
        Paired differences: <code>evaluate --compare</code> with two folders of
        <code>evaluations/${name}</code>.
      </div>`;
  });
  return html`${tables}`;
}
