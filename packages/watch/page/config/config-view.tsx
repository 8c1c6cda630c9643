/** The config of a run, and its differences from another run's config. */
import type { EntryView, RunSummary } from '../../src/wire/wire.ts';
import { useFetched } from '../data/fetching.ts';
import { go, link } from '../data/route.ts';
import type { Route } from '../data/route.ts';
import { Differences } from './differences.tsx';

/** The stored text, or the differences where another run is chosen. */
export function ConfigView(props: {
  readonly run: RunSummary;
  readonly runs: readonly RunSummary[];
  readonly route: Route;
}) {
  const { run, runs, route } = props;
  const others = runs.filter(({ id, kind }) => kind === 'training' && id !== run.id);
  const other = others.find(({ id }) => id === route.query.get('with'));
  const { value: config, problem } = useFetched<{ readonly text: string }>(
    `api/runs/${run.id}/config`,
  );
  const differences = useFetched<readonly EntryView[]>(
    other === undefined
      ? undefined
      : `api/compare/configs?${new URLSearchParams({ first: other.id, second: run.id })}`,
  );
  if (problem !== undefined) return <p class="problem">{problem}</p>;
  return (
    <section aria-label="Config">
      {others.length > 0 && (
        <div class="controls">
          <label>
            Differences from
            <select
              value={other?.id ?? ''}
              onChange={({ currentTarget }) =>
                go(link(['run', run.id, 'config'], { with: currentTarget.value }), true)
              }
            >
              <option value="">no other run</option>
              {others.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </div>
      )}
      {other !== undefined &&
        differences.value !== undefined &&
        (differences.value.length === 0 ? (
          <p>The two configs agree in every entry.</p>
        ) : (
          <Differences entries={differences.value} names={[other.name, run.name]} />
        ))}
      {other === undefined && <pre class="config">{config?.text ?? ''}</pre>}
    </section>
  );
}
