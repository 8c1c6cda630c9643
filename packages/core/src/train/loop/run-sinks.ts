/** All sinks of a run as one, and the history of the run folder, which has what they are told of starts and ends. */
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

/** Where a process starts. */
export interface StartFacts extends Pick<RunStart, 'startStep' | 'totalSteps' | 'trainingSamples'> {
  readonly policy: PolicyCapabilities;
}

/** The sinks of one run. */
export class RunSinks {
  readonly all: readonly MetricSink[];
  readonly #store: Pick<RunStore, 'directory' | 'assertWritable'>;
  readonly #command: string | undefined;
  #hasBegun = false;

  /** @param command As it was typed, for the history; undefined where a program trains. */
  constructor(
    all: readonly MetricSink[],
    store: Pick<RunStore, 'directory' | 'assertWritable'>,
    command?: string,
  ) {
    this.all = all;
    this.#store = store;
    this.#command = command;
  }

  /** Drops what an interrupted run wrote of later steps; all of it where `lastStep` is -1. */
  rewind(lastStep: number): void {
    for (const sink of this.all) sink.rewind?.(lastStep);
  }

  /** Tells the sinks and the history what begins. */
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

  /** Sends the lines of a step, but for those of looks, which nothing trains on. */
  rollouts(step: number, lines: readonly RolloutLine[]): void {
    const rollouts = lines.filter(({ look }) => look === undefined);
    for (const sink of this.all) sink.rollouts?.(step, rollouts);
  }

  /**
   * Sends the tables of an evaluation: its figures, and its first items with their answers.
   *
   * @param folder of its answers.
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

  /** An error ends the run. What goes wrong here is passed over: the error itself is what counts. */
  fail(step: number, thrown: unknown): void {
    try {
      this.#end({ step, reason: 'failed', why: messageOf(thrown) });
    } catch {
      // The folder may be lost or the disk full, which is what `thrown` says.
    }
  }

  #end(ending: Parameters<typeof noteEnd>[1]): void {
    if (!this.#hasBegun) return;
    // A folder that was moved meanwhile must not be made anew.
    this.#store.assertWritable();
    noteEnd(this.#store.directory, ending);
    for (const sink of this.all) sink.end?.(ending);
  }
}

function nameOf(event: EvaluationEvent): string {
  if (event.type === 'benchmark') return `benchmark/${event.name}`;
  return event.phase === 'during' ? 'evaluation' : `evaluation/${event.phase}`;
}
