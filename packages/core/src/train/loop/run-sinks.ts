/** All sinks of a run as one, and the history of the run folder, which records the same starts and ends. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { messageOf } from '../../errors/loci-error.ts';
import { evaluationTables } from '../../evaluate/figures/evaluation-tables.ts';
import { readPredictions } from '../../evaluate/store/predictions.ts';
import type { PredictionLine } from '../../evaluate/store/predictions.ts';
import { programVersions } from '../../evaluate/store/program-versions.ts';
import type {
  MetricRecord,
  MetricSink,
  PolicyCapabilities,
  RunEvent,
  RunOutcome,
  RunStart,
} from '../../spec/index.ts';
import type { RolloutLine } from '../run-folder/rollout-lines.ts';
import type { RunStore } from '../run-folder/run-store.ts';
import { noteEnd, noteStart } from '../run-folder/run-history.ts';

/** An event with the report of an evaluation. */
export type EvaluationEvent = Extract<RunEvent, { type: 'evaluation' | 'benchmark' }>;

/** The state of a run when a process starts on it. */
export interface StartFacts extends Pick<RunStart, 'startStep' | 'totalSteps' | 'trainingSamples'> {
  readonly policy: PolicyCapabilities;
}

/** The sinks of one run. */
export class RunSinks {
  readonly all: readonly MetricSink[];
  readonly #store: Pick<RunStore, 'directory' | 'assertWritable'>;
  readonly #command: string | undefined;
  #hasBegun = false;

  /** @param command As typed, for the history; undefined when a program starts the training. */
  constructor(
    all: readonly MetricSink[],
    store: Pick<RunStore, 'directory' | 'assertWritable'>,
    command?: string,
  ) {
    this.all = all;
    this.#store = store;
    this.#command = command;
  }

  /** Drops records of later steps, which an interrupted run wrote; -1 drops all records. */
  rewind(lastStep: number): void {
    for (const sink of this.all) sink.rewind?.(lastStep);
  }

  /** Announces the start of the run to the sinks and the history. */
  begin({ policy, ...facts }: StartFacts): void {
    const { directory } = this.#store;
    const start: RunStart = {
      ...facts,
      name: basename(directory),
      runDirectory: directory,
      configText: readFileSync(join(directory, 'config.yaml'), 'utf8'),
      model: policy.description,
      versions: programVersions(),
      ...(this.#command !== undefined && { command: this.#command }),
    };
    noteStart(start);
    this.#hasBegun = true;
    for (const sink of this.all) sink.begin?.(start);
  }

  write(record: MetricRecord): void {
    for (const sink of this.all) sink.write(record);
  }

  /** Sends the lines of a step, except those of looks, which nothing trains on. */
  rollouts(step: number, lines: readonly RolloutLine[]): void {
    const rollouts = lines.filter(({ look }) => look === undefined);
    for (const sink of this.all) sink.rollouts?.(step, rollouts);
  }

  /**
   * Sends the tables of an evaluation: its figures, and its first items with their answers.
   *
   * @param folder Of its answers.
   */
  evaluation(event: EvaluationEvent, folder: string): void {
    const takers = this.all.filter((sink) => sink.table !== undefined);
    if (takers.length === 0) return;
    const rows = readPredictions(join(folder, 'predictions.jsonl'));
    const answers = [...rows.values()] as readonly Partial<PredictionLine>[];
    for (const table of evaluationTables(nameOf(event), event.step, event.report, answers)) {
      for (const sink of takers) sink.table?.(table);
    }
  }

  end({ step, reason, why }: RunOutcome): void {
    this.#end({ step, reason, ...(why !== undefined && { why }) });
  }

  /** Records that an error ended the run. Errors of recording are ignored, so that they do not hide `thrown`. */
  fail(step: number, thrown: unknown): void {
    try {
      this.#end({ step, reason: 'failed', why: messageOf(thrown) });
    } catch {
      // The folder may be lost or the disk full, and `thrown` already reports that.
    }
  }

  #end(ending: Parameters<typeof noteEnd>[1]): void {
    if (!this.#hasBegun) return;
    // Writing would create a folder that was moved in the meantime again.
    this.#store.assertWritable();
    noteEnd(this.#store.directory, ending);
    for (const sink of this.all) sink.end?.(ending);
  }
}

function nameOf(event: EvaluationEvent): string {
  if (event.type === 'benchmark') return `benchmark/${event.name}`;
  return event.phase === 'during' ? 'evaluation' : `evaluation/${event.phase}`;
}
