/** The benchmarks that a run asked beside its own, at its beginning and at its end. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseReport } from '@loci/core';
import type { StoredReport } from '@loci/core';
import { scorerTable } from '../evaluation/report-tables.ts';
import { html } from '../page/html.ts';
import type { Html } from '../page/html.ts';
import { tableHtml } from '../page/page.ts';

/** A benchmark at one step of a run. */
export interface AskedBenchmark extends Pick<StoredReport, 'facts' | 'report'> {
  readonly name: string;
  /** Steps done. */
  readonly step: number;
}

/** Folders of the run's own benchmark. */
const OWN = /^(?:before|after|step-\d+)$/u;

/** What the run folder keeps of them, by name and step; evaluations that were cut short are left out. */
export function readBenchmarks(runDirectory: string): readonly AskedBenchmark[] {
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

/** First and last evaluation of each benchmark, all scorers; undefined when the run asked none. */
export function benchmarksHtml(asked: readonly AskedBenchmark[]): Html | undefined {
  if (asked.length === 0) return undefined;
  const names = [...new Set(asked.map(({ name }) => name))];
  const tables = names.map((name) => {
    const own = asked.filter((one) => one.name === name).sort((a, b) => a.step - b.step);
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
