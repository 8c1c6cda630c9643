/** The evaluations of a run: one with its table and items, or two with the items that flipped between them. */
import type { RunSummary } from '../../src/wire/wire.ts';
import { link } from '../data/route.ts';
import type { Route } from '../data/route.ts';
import { ComparisonPanel } from './comparison-panel.tsx';
import { EvaluationPanel } from './evaluation-panel.tsx';

/** Fields to choose an evaluation and another one to compare it with, and the panel of the choice. */
export function EvaluationsView(props: {
  readonly run: RunSummary;
  readonly runs: readonly RunSummary[];
  readonly route: Route;
}) {
  const { run, runs, route } = props;
  const { evaluations } = run;
  const key = route.query.get('key') ?? evaluations.at(-1)?.key;
  const against = route.query.get('against') ?? '';
  const place = ['run', run.id, 'evaluations'];
  const chosen = evaluations.find((one) => one.key === key);
  if (chosen === undefined) return <p class="empty">This run has no evaluation yet.</p>;
  const others = runs.flatMap((other) =>
    other.evaluations
      .filter(({ hasItems }) => hasItems)
      .filter((one) => other.id !== run.id || one.key !== chosen.key)
      .map((one) => ({
        value: `${other.id}:${one.key}`,
        title: other.id === run.id ? one.title : `${other.name}: ${one.title}`,
      })),
  );
  return (
    <section aria-label="Evaluations">
      <div class="controls">
        {evaluations.length > 1 && (
          <label>
            Evaluation
            <select
              value={chosen.key}
              onChange={({ currentTarget }) => {
                location.hash = link(place, { key: currentTarget.value });
              }}
            >
              {evaluations.map((one) => (
                <option key={one.key} value={one.key}>
                  {one.title}
                </option>
              ))}
            </select>
          </label>
        )}
        {chosen.hasItems && others.length > 0 && (
          <label>
            Compare with
            <select
              value={against}
              onChange={({ currentTarget }) => {
                location.hash = link(place, { key: chosen.key, against: currentTarget.value });
              }}
            >
              <option value="">nothing</option>
              {others.map(({ value, title }) => (
                <option key={value} value={value}>
                  {title}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {against === '' ? (
        <EvaluationPanel run={run} evaluation={chosen} route={route} />
      ) : (
        <ComparisonPanel run={run} evaluation={chosen} against={against} />
      )}
    </section>
  );
}
