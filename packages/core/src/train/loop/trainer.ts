import type { Observable } from 'rxjs';
import type { RunEvent, RunOutcome } from './events.ts';

/** The training loop of one run. */
export interface Trainer {
  /** Hot; completes when the run ends, and never errors: `run()` rejects instead. */
  readonly events$: Observable<RunEvent>;
  /** Trains to the end, to `stop()`, or to the first error. Call it once. */
  run(): Promise<RunOutcome>;
  /** Asks for an end: cancels sampling, finishes an update that has begun, writes a checkpoint. */
  stop(): void;
}
