/** The page of one run: its figures at the top, and a tab below. */
import type { RunSummary } from '../../src/wire/wire.ts';
import { ConfigView } from '../config/config-view.tsx';
import { Curves } from '../curves/curves.tsx';
import { link } from '../data/route.ts';
import type { Route } from '../data/route.ts';
import { EvaluationsView } from '../evaluations/evaluations-view.tsx';
import { GroupPage } from '../rollouts/group-page.tsx';
import { RolloutsView } from '../rollouts/rollouts-view.tsx';
import { Alerts } from './alerts.tsx';
import { Live } from './live-figures.tsx';
import { Status } from './status.tsx';

const TABS = [
  ['curves', 'Curves'],
  ['rollouts', 'Rollouts'],
  ['evaluations', 'Evaluations'],
  ['config', 'Config'],
] as const;

/** A run, under one of its tabs. */
export function RunPage(props: {
  readonly run: RunSummary;
  readonly runs: readonly RunSummary[];
  readonly route: Route;
}) {
  const { run, runs, route } = props;
  const isTraining = run.kind === 'training';
  const tabs = TABS.filter(([name]) => isTraining || name === 'evaluations');
  const asked = route.path[2] ?? tabs[0]![0];
  const row = route.path[3];
  return (
    <div class={`run-page on-${asked}`}>
      <div class="run-head">
        <a class="back" href={link([])}>
          All runs
        </a>
        <h1>{run.name}</h1>
        <Status status={run.status} />
      </div>
      {run.problem !== undefined && <p class="problem">{run.problem}</p>}
      {isTraining && <Live run={run} />}
      <Alerts alerts={run.alerts} />
      <nav class="tabs" aria-label="Of this run">
        {tabs.map(([name, title]) => (
          <a
            key={name}
            href={link(['run', run.id, name])}
            aria-current={name === asked ? 'page' : undefined}
          >
            {title}
          </a>
        ))}
      </nav>
      {asked === 'curves' && <Curves run={run} runs={runs} route={route} />}
      {asked === 'rollouts' && row === undefined && <RolloutsView run={run} route={route} />}
      {asked === 'rollouts' && row !== undefined && (
        <GroupPage run={run} row={Number(row)} route={route} />
      )}
      {asked === 'evaluations' && <EvaluationsView run={run} runs={runs} route={route} />}
      {asked === 'config' && <ConfigView run={run} runs={runs} route={route} />}
    </div>
  );
}
