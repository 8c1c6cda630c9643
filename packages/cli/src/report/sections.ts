/** Makes the sections of a run's report from its records; sections without content are left out. */
import { html } from '../page/html.ts';
import type { Html } from '../page/html.ts';
import { tableHtml } from '../page/page.ts';
import type { Section } from '../page/page.ts';
import { comparisonTable, reportTable } from '../render/evaluation-rows.ts';
import { benchmarksHtml } from './benchmarks.ts';
import { chartHtml } from './chart-html.ts';
import { examplesSection } from './examples.ts';
import type { FrameSource } from '../page/frames.ts';
import { ZERO_VARIANCE_PREFIX, panelsOf } from './panels.ts';
import { rolloutHtml } from './rollouts.ts';
import type { RolloutLine } from '@loci/core';
import type { RunRecord } from './run-record.ts';

/** All sections of the page, in order. */
export async function runSections(
  run: RunRecord,
  frames: FrameSource,
): Promise<readonly Section[]> {
  const { best, worst } = run.rollouts;
  const sections: readonly (Section | undefined)[] = [
    evaluationSection(run),
    benchmarksSection(run),
    await examplesSection(run.directory, frames),
    alertsSection(run),
    await curvesSection(run),
    zeroVarianceSection(run),
    await rolloutsSection('Best rollouts', best, frames),
    await rolloutsSection('Worst rollouts', worst, frames),
    configSection(run),
  ];
  return sections.filter((section) => section !== undefined);
}

function evaluationSection({ before, after, comparison }: RunRecord): Section | undefined {
  const title = 'Evaluation';
  if (before === undefined || after === undefined || comparison === undefined) {
    const report = after ?? before;
    if (report === undefined) return undefined;
    const when = after === undefined ? 'before' : 'after';
    return {
      title,
      body: html`${tableHtml(reportTable(report))}
        <p class="faint">Held-out questions, ${when} training.</p>`,
    };
  }
  return {
    title,
    body: html`${tableHtml(comparisonTable(before, after, comparison))}
      <p class="faint">
        Change is the paired difference on the same ${comparison.score.count} held-out questions,
        with its 95 % bootstrap interval. Constant is the best single answer to each kind. Blank and
        swapped video show the trained model the wrong frames.
      </p>`,
  };
}

function benchmarksSection({ benchmarks }: RunRecord): Section | undefined {
  const body = benchmarksHtml(benchmarks);
  return body && { title: 'Benchmarks', body };
}

function alertsSection({ alerts }: RunRecord): Section | undefined {
  if (alerts.length === 0) return undefined;
  return {
    title: 'Alerts',
    body: html`<ul class="alerts">
      ${alerts.map(({ step, message }) => html`<li>Step ${step}: ${message}</li>`)}
    </ul>`,
  };
}

async function curvesSection({ metrics }: RunRecord): Promise<Section | undefined> {
  const { first, others } = panelsOf(metrics);
  if (first.length + others.length === 0) return undefined;
  const charts = async (panels: typeof first): Promise<Html> =>
    html`<div class="charts">${await Promise.all(panels.map(chartHtml))}</div>`;
  const more =
    others.length === 0
      ? html``
      : html`<details>
          <summary>${others.length} more: entropy, loss, speed and the like</summary>
          ${await charts(others)}
        </details>`;
  return { title: 'Curves', body: html`${await charts(first)} ${more}` };
}

function zeroVarianceSection({ metrics }: RunRecord): Section | undefined {
  const shares = new Map<string, number[]>();
  for (const { values } of metrics) {
    for (const [name, share] of Object.entries(values)) {
      if (!name.startsWith(ZERO_VARIANCE_PREFIX)) continue;
      const reason = name.slice(ZERO_VARIANCE_PREFIX.length);
      const steps = shares.get(reason);
      if (steps === undefined) shares.set(reason, [share]);
      else steps.push(share);
    }
  }
  const rows = [...shares].flatMap(([reason, steps]) => {
    const share = steps.reduce((sum, one) => sum + one, 0) / steps.length;
    return share === 0 ? [] : [[reason.replaceAll('-', ' '), `${(100 * share).toFixed(1)} %`]];
  });
  if (rows.length === 0) return undefined;
  return {
    title: 'Groups that taught nothing',
    body: html`${tableHtml({
        header: ['all advantages of the group were 0 because', 'share of groups'],
        rows,
      })}
      <p class="faint">Their advantages are zero, so only their KL changed the weights.</p>`,
  };
}

async function rolloutsSection(
  title: string,
  entries: readonly RolloutLine[],
  frames: FrameSource,
): Promise<Section | undefined> {
  if (entries.length === 0) return undefined;
  const cards = await Promise.all(
    entries.map(async (entry) => rolloutHtml(entry, await frames.strip(entry.media))),
  );
  return { title, body: html`<div class="cards">${cards}</div>` };
}

function configSection({ configText }: RunRecord): Section {
  return {
    title: 'Config',
    body: html`<details>
      <summary>config.yaml</summary>
      <pre>${configText}</pre>
    </details>`,
  };
}
