/** What a run is doing, in a word and a color. */
import type { RunStatus } from '../../src/wire/wire.ts';

const TITLES: Readonly<Record<RunStatus, string>> = {
  running: 'A process is writing to the folder',
  finished: 'Every step is done',
  stopped: 'It was stopped before its last step, and can be resumed',
  killed: 'Its process ended without a word; it can be resumed from its newest checkpoint',
};

/** A mark. */
export function Status({ status }: { readonly status: RunStatus }) {
  return (
    <span class={`status ${status}`} title={TITLES[status]}>
      {status}
    </span>
  );
}
