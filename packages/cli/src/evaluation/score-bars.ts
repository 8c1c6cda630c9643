/** Draws the scores of an evaluation as bars: the headline, the tasks below it, and a mark at the chance level. */
import type { BenchmarkFacts, EvaluationReport } from '@loci/core';
import { html } from '../page/html.ts';
import type { Html } from '../page/html.ts';
import { formatPercent } from '../render/format.ts';

/** The bars; undefined where nothing was scored. */
export function scoreBars(
  { conditions }: EvaluationReport,
  { chance: [chance] }: BenchmarkFacts,
): Html | undefined {
  const first = conditions['as-filmed']?.scorers[0];
  if (first === undefined || !Number.isFinite(first.headline.value)) return undefined;
  const tasks = Object.entries(first.sections['task'] ?? {});
  return html`<figure>
    <figcaption>
      Score
      <span class="faint"
        >% of full score, by
        task${chance === undefined ? '' : '; the mark is what guessing scores'}</span
      >
    </figcaption>
    <div class="bars">
      ${bar('all', '', first.headline.value, chance?.percent)}
      ${
        tasks.length < 2
          ? html``
          : tasks.map(([task, { value }]) => bar(task, 'under', value, chance?.tasks?.[task]))
      }
    </div>
  </figure>`;
}

function bar(title: string, level: string, share: number, guess: number | undefined): Html {
  const width = Math.max(0, Math.min(100, 100 * share));
  const mark = guess === undefined ? html`` : html`<b style="left: ${guess.toFixed(1)}%"></b>`;
  return html`<span class="${level}">${title}</span>
    <span class="bar"><i style="width: ${width.toFixed(1)}%"></i>${mark}</span>
    <span>${formatPercent(share)}</span>`;
}
