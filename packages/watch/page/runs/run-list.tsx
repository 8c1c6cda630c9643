/** The list of runs, newest first. */
import { useState } from 'preact/hooks';
import type { RunSummary } from '../../src/wire/wire.ts';
import { link } from '../data/route.ts';
import { ago, counted, figure } from '../format.ts';
import { Status } from './status.tsx';

/** With so many runs the list has a search field. */
const SEARCHABLE = 8;

/** Every run, as a link. */
export function RunList(props: {
  readonly runs: readonly RunSummary[] | undefined;
  readonly chosen: string | undefined;
}) {
  const { runs = [], chosen } = props;
  const [wanted, setWanted] = useState('');
  const shown = runs
    .filter(({ name }) => name.toLowerCase().includes(wanted.trim().toLowerCase()))
    .toSorted((a, b) => b.changedAt - a.changedAt);
  return (
    <nav class="runs" aria-label="Runs">
      <h2>{props.runs === undefined ? 'Runs' : counted(runs.length, 'run')}</h2>
      {runs.length >= SEARCHABLE && (
        <input
          type="search"
          value={wanted}
          placeholder="Find a run"
          aria-label="Find a run"
          onInput={({ currentTarget }) => setWanted(currentTarget.value)}
        />
      )}
      <ul>
        {shown.map((run) => (
          <li key={run.id}>
            <RunEntry run={run} isChosen={run.id === chosen} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

function RunEntry({ run, isChosen }: { readonly run: RunSummary; readonly isChosen: boolean }) {
  const { id, name, status, kind, step, steps, reward, alerts, changedAt } = run;
  return (
    <a href={link(['run', id])} aria-current={isChosen ? 'page' : undefined}>
      <span class="row between">
        <b class="name">{name}</b>
        <Status status={status} />
      </span>
      <span class="faint row between">
        <span>
          {kind === 'evaluation' ? 'evaluation' : `step ${step} of ${steps}`}
          {reward !== undefined && ` · ${figure(reward)}`}
        </span>
        <span class="when">{ago(changedAt, Date.now())}</span>
      </span>
      {kind === 'training' && steps > 0 && (
        <span class="bar" aria-hidden="true">
          <span style={{ width: `${Math.min(100, (100 * step) / steps)}%` }} />
        </span>
      )}
      {alerts.length > 0 && <span class="alert-count">{counted(alerts.length, 'alert')}</span>}
    </a>
  );
}
