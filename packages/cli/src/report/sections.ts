/** The sections of a run's report, from what the run wrote down; frames and maps come in as functions of a rollout. */
import type { CognitiveMap, RolloutLine } from '@loci/core';
import { html, trusted } from '../page/html.ts';
import type { Html } from '../page/html.ts';
import { tableHtml } from '../page/page.ts';
import type { Section } from '../page/page.ts';
import { comparisonTable, reportTable } from '../render/evaluation-rows.ts';
import { formatFigure } from '../render/format.ts';
import { benchmarksHtml } from './benchmarks.ts';
import { panelSvg } from './curves.ts';
import { ZERO_VARIANCE_PREFIX, panelsOf } from './panels.ts';
import { rewardSummary } from './reward-summary.ts';
import { mapsHtml, rolloutHtml } from './rollouts.ts';
import { sceneMapsHtml } from './scene-maps.ts';
import type { RunRecord } from './run-record.ts';

/** How the parts of a rollout that are not text become visible. */
export interface RolloutSight {
  /** Frames of the rollout's video side by side. */
  strip(entry: RolloutLine): Promise<Html>;
  /** The map that the completion draws, when it draws one. */
  imaginedMap(entry: RolloutLine): CognitiveMap | undefined;
}

const CURVE_SIZE = { width: 500, height: 260 };

/** Everything that the page shows of a run, in order; sections without data are left out. */
export async function runSections(
  run: RunRecord,
  sight: RolloutSight,
): Promise<readonly Section[]> {
  const sections: readonly (Section | undefined)[] = [
    evaluationSection(run),
    benchmarksSection(run),
    bestSection(run),
    await curvesSection(run),
    rewardsSection(run),
    zeroVarianceSection(run),
    await samplesSection(run, sight),
    await rolloutsSection('Best rollouts', run.rollouts.best, sight),
    await rolloutsSection('Worst rollouts', run.rollouts.worst, sight),
    { title: 'Config', body: html`<pre>${run.configText}</pre>` },
  ];
  return sections.filter((section) => section !== undefined);
}

function evaluationSection({ before, after, comparison }: RunRecord): Section | undefined {
  const title = 'Evaluation on held-out questions';
  if (before === undefined || after === undefined || comparison === undefined) {
    const report = after ?? before;
    return report === undefined ? undefined : { title, body: tableHtml(reportTable(report)) };
  }
  return {
    title,
    body: html`${tableHtml(comparisonTable(before, after, comparison))}
      <div class="faint">
        Change is the paired difference on the same ${comparison.score.count} questions, with its 95
        % bootstrap interval. Constant is the best single answer to each kind; blank and swapped
        video ask the trained model without the right frames.
      </div>`,
  };
}

function benchmarksSection({ benchmarks }: RunRecord): Section | undefined {
  const body = benchmarksHtml(benchmarks);
  return body && { title: 'Benchmarks', body };
}

function bestSection({ best }: RunRecord): Section | undefined {
  if (best === undefined) return undefined;
  const { directory, figure, step, value } = best;
  return {
    title: 'Best checkpoint',
    body: html`<div>
      checkpoints/${directory}: ${figure} ${formatFigure(value)} on held-out questions after step
      ${step}, the greatest of the evaluations during and after the run.
    </div>`,
  };
}

async function curvesSection({ metrics }: RunRecord): Promise<Section | undefined> {
  const panels = panelsOf(metrics);
  if (panels.length === 0) return undefined;
  const drawings = await Promise.all(panels.map((panel) => panelSvg(panel, CURVE_SIZE)));
  return { title: 'Curves', body: html`<div class="row">${drawings.map(trusted)}</div>` };
}

function rewardsSection({ metrics }: RunRecord): Section | undefined {
  const table = rewardSummary(metrics);
  if (table === undefined) return undefined;
  return {
    title: 'What the rewards said and added',
    body: html`${tableHtml(table)}
      <div class="faint">
        Means over the first ten steps → the last ten. Said: where the reward had something to say,
        before clip, gate and weight. Added: to the reward of every completion, after them.
      </div>`,
  };
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
  if (shares.size === 0) return undefined;
  return {
    title: 'Groups that taught nothing',
    body: html`${tableHtml({
        header: ['all advantages of the group were 0 because', 'share of groups'],
        rows: [...shares].map(([reason, steps]) => [
          reason.replaceAll('-', ' '),
          `${((100 * steps.reduce((sum, share) => sum + share, 0)) / steps.length).toFixed(1)} %`,
        ]),
      })}
      <div class="faint">
        Their advantages are zero, so only the KL moved the weights for them.
      </div>`,
  };
}

/** A rollout of some samples late in the run: what the model sees, the truth, what it imagines. */
async function samplesSection(
  { rollouts: { recent } }: RunRecord,
  sight: RolloutSight,
): Promise<Section | undefined> {
  if (recent.length === 0) return undefined;
  const cards = await Promise.all(
    recent.map(
      async (entry) =>
        html`<div class="card">
          <h3>${entry.problem}</h3>
          ${await sight.strip(entry)}
          ${
            entry.sceneMap === undefined
              ? mapsHtml(entry.map, sight.imaginedMap(entry))
              : sceneMapsHtml(entry)
          }
        </div>`,
    ),
  );
  return { title: 'Frames, true map, imagined map', body: html`${cards}` };
}

async function rolloutsSection(
  title: string,
  entries: readonly RolloutLine[],
  sight: RolloutSight,
): Promise<Section | undefined> {
  if (entries.length === 0) return undefined;
  const cards = await Promise.all(
    entries.map(async (entry) =>
      rolloutHtml(entry, await sight.strip(entry), sight.imaginedMap(entry)),
    ),
  );
  return { title, body: html`${cards}` };
}
