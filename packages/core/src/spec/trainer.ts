import type { Observable } from 'rxjs';
import type { BestStep } from './checkpoint.ts';
import type { PolicyCapabilities } from './policy.ts';

/**
 * The events of every trainer, by type. Steps count from 1: `step-end` with step 3 means that three steps are done. `train/loop/events.ts`
 * adds the events of training in this process.
 */
export interface RunEvents {
  readonly 'run-start': {
    readonly runDirectory: string;
    /** Steps done before, when resumed. */
    readonly startStep: number;
    readonly totalSteps: number;
    readonly trainingSamples: number;
    /** Absent when the trained model runs elsewhere. */
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

/** An event of a run. */
export type RunEvent = {
  [Type in keyof RunEvents]: { readonly type: Type } & RunEvents[Type];
}[keyof RunEvents];

/**
 * `stopped`: stopped on request, with a checkpoint. `left`: the training continues elsewhere, and this process no longer follows it.
 * `plateaued` and `collapsed`: `stopWhen` ended the run, which is as complete as a finished one.
 */
export type RunEndReason = 'finished' | 'stopped' | 'left' | 'plateaued' | 'collapsed';

/** How a run ended. A run that fails rejects with a LociError instead. */
export interface RunOutcome {
  readonly step: number;
  readonly reason: RunEndReason;
  /** The finding of `stopWhen`, for people. */
  readonly why?: string;
  /** The step whose checkpoint is kept as the best, in a run that keeps one. */
  readonly best?: BestStep;
  /** Folder of the trained model, when it is not among the run's checkpoints. */
  readonly model?: {
    readonly directory: string;
    /** False for a folder on storage that this machine cannot access. */
    readonly isHere: boolean;
  };
}

/** Trains one run, in this process or elsewhere. */
export interface Trainer {
  /** Hot; completes when the run ends, and never errors: `run()` rejects instead. */
  readonly events$: Observable<RunEvent>;
  /** Trains to the end, to `stop()`, or to the first error. Call it once. */
  run(): Promise<RunOutcome>;
  /** Stops the run: cancels sampling, finishes an update in progress, writes a checkpoint. */
  stop(): void;
  /**
   * Stops following a training that continues without this process. The run ends with the reason `left`, and resuming follows it again.
   * Absent for training in this process.
   */
  leave?(): void;
}
