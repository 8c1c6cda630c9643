/** Shows the status of a run as a word and a color. */
import type { RunStatus } from '../../src/wire/wire.ts';

const TITLES: Readonly<Record<RunStatus, string>> = {
  running: 'A process is writing to the folder',
  finished: 'The run has done every step',
  stopped: 'The run stopped before its last step and can be resumed',
  killed: 'The process of the run was killed; the run can be resumed from its newest checkpoint',
};

/** A mark. */
export function Status({ status }: { readonly status: RunStatus }) {
  return (
    <span class={`status ${status}`} title={TITLES[status]}>
      {status}
    </span>
  );
}
