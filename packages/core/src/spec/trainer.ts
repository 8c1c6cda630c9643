import type { Observable } from 'rxjs';
import type { BestStep } from './checkpoint.ts';
import type { PolicyCapabilities } from './policy.ts';

/**
 * What any trainer can tell of a run, wherever it trains, by the event's type. Steps count from 1: `step-end` with step 3
 * means that three updates are done. `train/loop/events.ts` adds the events of training in this process.
 */
export interface RunEvents {
  readonly 'run-start': {
    readonly runDirectory: string;
    /** Steps done before, when resumed. */
    readonly startStep: number;
    readonly totalSteps: number;
    readonly trainingSamples: number;
    /** Absent when the model that is trained runs elsewhere. */
    readonly policy?: PolicyCapabilities;
  };
  readonly 'step-start': { readonly step: number; readonly totalSteps: number };
  readonly 'step-end': {
    readonly step: number;
    readonly totalSteps: number;
    /** By slash-separated name, see `step-metrics.ts`. */
    readonly metrics: Readonly<Record<string, number>>;
  };
  readonly checkpoint: { readonly step: number; readonly directory: string };
  readonly 'run-end': RunOutcome;
}

/** Something that happened in a run. */
export type RunEvent = {
  [Type in keyof RunEvents]: { readonly type: Type } & RunEvents[Type];
}[keyof RunEvents];

/**
 * `stopped`: someone asked for it, and a checkpoint was written. `left`: the training goes on elsewhere, and nobody follows it here any
 * more. `plateaued` and `collapsed`: `stopWhen` ended the run, which is as
 * complete as a finished one.
 */
export type RunEndReason = 'finished' | 'stopped' | 'left' | 'plateaued' | 'collapsed';

/** How a run ended. A run that fails rejects with a LociError instead. */
export interface RunOutcome {
  readonly step: number;
  readonly reason: RunEndReason;
  /** What `stopWhen` found, for people. */
  readonly why?: string;
  /** The step whose checkpoint is kept as the best, in a run that keeps one. */
  readonly best?: BestStep;
  /** Folder of the trained model, where the trainer leaves it elsewhere than among the run's checkpoints. */
  readonly model?: {
    readonly directory: string;
    /** False of a folder on storage that this machine does not see. */
    readonly isHere: boolean;
  };
}

/** Trains one run, in this process or elsewhere. */
export interface Trainer {
  /** Hot; completes when the run ends, and never errors: `run()` rejects instead. */
  readonly events$: Observable<RunEvent>;
  /** Trains to the end, to `stop()`, or to the first error. Call it once. */
  run(): Promise<RunOutcome>;
  /** Asks for an end: cancels sampling, finishes an update that has begun, writes a checkpoint. */
  stop(): void;
  /**
   * Present where the training goes on without this process. Ends following it: the run ends with the reason `left`, and goes on when it is
   * resumed.
   */
  leave?(): void;
}
