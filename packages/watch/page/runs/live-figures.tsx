/** The current figures of a run: progress, reward, speed, memory, and the time of each phase of a step. */
import type { RunSummary } from '../../src/wire/wire.ts';
import { useFigures } from '../data/metrics.ts';
import { ago, bytes, duration, figure } from '../format.ts';

/** Phases of a step, in their order; reading ahead in the background is not a phase. */
const PHASES = ['data-wait', 'sample', 'score', 'reference', 'gradient', 'update'];

/** Tiles of figures. */
export function Live({ run }: { readonly run: RunSummary }) {
  const { step, steps, reward, tokensPerSecond, secondsPerStep, memory, phase, status } = run;
  const left = secondsPerStep === undefined ? undefined : secondsPerStep * (steps - step);
  return (
    <section class="tiles" aria-label="Figures">
      <Tile
        title="Step"
        value={`${step} of ${steps}`}
        note={phase ?? `last written ${ago(run.changedAt, Date.now())}`}
      />
      <Tile title="Reward" value={figure(reward)} note="of the last step" />
      <Tile
        title="Speed"
        value={tokensPerSecond === undefined ? '–' : `${figure(tokensPerSecond)}/s`}
        note="tokens while sampling"
      />
      <Tile
        title="Time of a step"
        value={secondsPerStep === undefined ? '–' : duration(secondsPerStep)}
        note={
          status === 'running' && left !== undefined
            ? `${duration(left)} of steps left`
            : 'the last one'
        }
      />
      {memory !== undefined && <Tile title="Memory" value={bytes(memory)} note="of its process" />}
      <Phases run={run} />
    </section>
  );
}

function Tile(props: { readonly title: string; readonly value: string; readonly note: string }) {
  return (
    <div class="tile">
      <span class="faint">{props.title}</span>
      <b>{props.value}</b>
      <span class="faint">{props.note}</span>
    </div>
  );
}

function Phases({ run }: { readonly run: RunSummary }) {
  const figures = useFigures([run]).get(run.id);
  if (figures === undefined) return null;
  const last = (name: string): number =>
    figures.columns[`seconds/${name}`]?.findLast((value) => value !== null) ?? 0;
  const times = PHASES.map((name) => ({ name, seconds: last(name) }));
  const sum = times.reduce((total, { seconds }) => total + seconds, 0);
  if (sum === 0) return null;
  const shown = times.filter(({ seconds }) => seconds / sum >= 0.005);
  return (
    <div class="tile phases">
      <span class="faint">Phases of the last step</span>
      <span class="stack" aria-hidden="true">
        {shown.map(({ name, seconds }) => (
          <span key={name} class={`phase ${name}`} style={{ flexGrow: seconds / sum }} />
        ))}
      </span>
      <span class="keys">
        {shown.map(({ name, seconds }) => (
          <span key={name}>
            <i class={`phase ${name}`} />
            {name} {Math.round((100 * seconds) / sum)} %
          </span>
        ))}
      </span>
    </div>
  );
}
