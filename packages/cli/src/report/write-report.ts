/** Writes the report of a run: one page, made only from the run folder. */
import { basename, join } from 'node:path';
import { writeFileWhole } from '@loci/core';
import { renderPage } from '../page/page.ts';
import type { PageHead } from '../page/page.ts';
import { heroChartHtml } from './chart-html.ts';
import { panelFile } from './curves.ts';
import { runFacts, stepsWanted } from './facts.ts';
import { createFrameSource } from '../page/frames.ts';
import { answersSentence, rewardSentence } from './headline.ts';
import { rewardPanel } from './panels.ts';
import { readRun } from './read-run.ts';
import type { RunRecord } from './run-record.ts';
import { runSections } from './sections.ts';
import { standingText } from './standing.ts';

/**
 * Writes `report.html` (one file: result, evaluation, examples, curves, rollouts) and `reward.svg` into a run folder. The run may have been
 * killed, or may still be training.
 *
 * @returns the path of the page.
 * @throws LociError `run-unreadable` when the folder is not a run, `not-writable`, `disk-full`.
 */
export async function writeReport(directory: string): Promise<string> {
  const run = await readRun(directory);
  const head = await headOf(run);
  const page = renderPage(head, await runSections(run, createFrameSource(directory)));
  const path = join(directory, 'report.html');
  writeFileWhole(path, page);
  if (hasReward(run)) {
    const svg = await panelFile(rewardPanel(run.metrics), { width: 800, height: 400 });
    writeFileWhole(join(directory, 'reward.svg'), svg);
  }
  return path;
}

async function headOf(run: RunRecord): Promise<PageHead> {
  const name = basename(run.directory);
  const step = run.metrics.at(-1)?.step ?? 0;
  const standing = standingText(run.standing, step, stepsWanted(run));
  const lead = [answersSentence(run), run.standing.why].filter((text) => text !== undefined);
  return {
    title: `Run ${name}`,
    eyebrow: `Training run ${name} · ${standing} · ${run.rollouts.count} rollouts`,
    headline: rewardSentence(run.metrics),
    ...(lead.length > 0 && { lead: lead.join(' ') }),
    picture: hasReward(run) ? await heroChartHtml(rewardPanel(run.metrics)) : undefined,
    facts: runFacts(run),
  };
}

function hasReward({ metrics }: RunRecord): boolean {
  return metrics.some(({ values }) => Number.isFinite(values['reward/total'] ?? Number.NaN));
}
