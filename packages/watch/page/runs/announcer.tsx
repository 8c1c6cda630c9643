/** Announces the beginnings, ends and alerts of runs to screen readers, but not every step. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunSummary } from '../../src/wire/wire.ts';

/** A hidden region for screen readers. */
export function RunAnnouncer({ runs }: { readonly runs: readonly RunSummary[] | undefined }) {
  const before = useRef<ReadonlyMap<string, RunSummary>>(undefined);
  const [text, setText] = useState('');
  useEffect(() => {
    if (runs === undefined) return;
    const known = before.current;
    before.current = new Map(runs.map((run) => [run.id, run]));
    if (known === undefined) return;
    const news = runs.flatMap((run) => changes(known.get(run.id), run));
    if (news.length > 0) setText(news.join('. '));
  }, [runs]);
  return (
    <div class="hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}

function changes(before: RunSummary | undefined, run: RunSummary): readonly string[] {
  if (before === undefined) return [`${run.name} has begun`];
  const fresh = run.alerts.slice(before.alerts.length).map(({ message }) => `Alert: ${message}`);
  return before.status === run.status ? fresh : [...fresh, `${run.name} is now ${run.status}`];
}
