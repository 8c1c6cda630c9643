/** The frame of the page: the list of runs at the side, the chosen run beside it. */
import { useEffect, useRef } from 'preact/hooks';
import { useLiveRuns } from './data/live.ts';
import { link, useRoute } from './data/route.ts';
import { RunAnnouncer } from './runs/announcer.tsx';
import { RunList } from './runs/run-list.tsx';
import { RunPage } from './runs/run-page.tsx';
import { ThemeChoice } from './runs/theme-choice.tsx';

/** The whole page. */
export function App() {
  const { runs, isConnected } = useLiveRuns();
  const route = useRoute();
  const id = route.path[0] === 'run' ? route.path[1] : undefined;
  const run = runs?.find((one) => one.id === id);
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = run === undefined ? 'Loci runs' : `${run.name} · Loci`;
  }, [run?.name]);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href={link([])}>
          Loci <span class="faint">runs</span>
        </a>
        <span class={`connection ${isConnected ? '' : 'lost'}`} role="status">
          {isConnected ? '' : 'The server cannot be reached. The page shows its last data.'}
        </span>
        <ThemeChoice />
      </header>
      <div class={`frame ${id === undefined ? 'at-list' : 'at-run'}`}>
        <RunList runs={runs} chosen={id} />
        <main id="main" ref={main} tabIndex={-1}>
          {run !== undefined ? (
            <RunPage key={run.id} run={run} runs={runs ?? []} route={route} />
          ) : (
            <Welcome
              isLoading={runs === undefined}
              isUnknown={id !== undefined}
              count={runs?.length ?? 0}
            />
          )}
        </main>
      </div>
      <RunAnnouncer runs={runs} />
    </>
  );
}

function Welcome(props: {
  readonly isLoading: boolean;
  readonly isUnknown: boolean;
  readonly count: number;
}) {
  if (props.isLoading) return <p class="empty">Looking for runs…</p>;
  if (props.isUnknown) return <p class="empty">This run does not exist any more.</p>;
  if (props.count > 0) return <p class="empty">Choose a run.</p>;
  return (
    <p class="empty">
      There is no run here yet. Start one with <code>npx nx run cli:train</code>; it appears by
      itself.
    </p>
  );
}
