/** The contract between code that makes a job and code that runs it: the job itself, and how the engine's output is read. */
import type { TrainingRun } from '@loci/core';
import type { EngineName } from './options.ts';
import type { OpenExportModel } from './ports.ts';

/** How another engine treats one setting of a run. */
export type SettingFate =
  /** The engine does it: by these keys of its own. */
  | { readonly kind: 'mapped'; readonly to: readonly string[]; readonly note?: string }
  /** Loci does it, before, beside or after the engine. */
  | { readonly kind: 'loci'; readonly how: string }
  /** It has no effect there. */
  | {
      readonly kind: 'without-effect';
      readonly why: string;
      /** Set where the run therefore differs from one that Loci would train. */
      readonly differs?: true;
    }
  /** The engine cannot do it, and the run does not start. */
  | { readonly kind: 'refused'; readonly why: string };

/** One leaf of a run's config and its fate on the engine. */
export interface MappedSetting {
  /** Key path in the config: `sampler.topP`, `rewards.0.weight`. */
  readonly key: string;
  readonly value: unknown;
  readonly fate: SettingFate;
}

/** Where a job writes, as the cluster's nodes see it; every path is absolute and on storage that all nodes mount. */
export interface JobOutputs {
  /** JSON lines, one a step; absent where the engine writes none. A new name for each attempt, since engines open it truncating. */
  readonly metrics?: string;
  /** Folder (verl: `{step}.jsonl`) or file (ms-swift: `completions.jsonl`) of rollouts. */
  readonly rollouts?: string;
  /** Folder of checkpoints. */
  readonly checkpoints: string;
}

/** One complete job. It holds everything that is sent and no secret. */
export interface ClusterJob {
  readonly engine: EngineName;
  readonly engineVersion: string;
  /** Shell command that Ray, or a shell on this machine, starts. */
  readonly entrypoint: string;
  /** Files of the working folder, by relative path: the shim, `config.json`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly environment: Readonly<Record<string, string>>;
  readonly outputs: JobOutputs;
  /** In the order of the config. */
  readonly settings: readonly MappedSetting[];
  readonly rows: JobRows;
  /** Batches of rollouts. */
  readonly totalSteps: number;
  /** How this job differs from the run that its config would be here, one a line, for people. */
  readonly departures: readonly string[];
}

/** The rows of a job, as the cluster's nodes see them. */
export interface JobRows {
  readonly train: string;
  readonly validation?: string;
  /** Rows that the engine must load; it drops those that it finds too long or unreadable without an error. */
  readonly trainCount: number;
  readonly validationCount: number;
  /** Tokens of the longest prompt, media included. */
  readonly longestPrompt: number;
  /** Samples that were left out, each with its reason. */
  readonly leftOut: readonly { readonly id: string; readonly reason: string }[];
  /** The first row's first video or frame list, for a preflight that opens it on every node. */
  readonly probe?: { readonly paths: readonly string[] };
}

/** Figures of one step. */
export interface StepFigures {
  readonly step: number;
  /** By slash-separated name; those that Loci knows have its name, others `<engine>/<name>`. */
  readonly values: Readonly<Record<string, number>>;
}

/** A completion that an engine wrote. */
export interface EngineRollout {
  /** Absent where the engine does not record it. */
  readonly step?: number;
  readonly output: string;
  /** The reward that the engine took. */
  readonly score?: number;
  /** Id of the sample, where the engine's line leads back to one. */
  readonly sampleId?: string;
}

/** A complete checkpoint. */
export interface EngineCheckpoint {
  readonly step: number;
  /** Its folder. */
  readonly directory: string;
}

/** Reads what an engine writes. Folders are as this machine sees them. */
export interface EngineReader {
  /** A line of the metrics file; undefined for one that has no step, such as half a line. */
  metricsLine(text: string): StepFigures | undefined;
  /** A line of the job's log; undefined for any other line. */
  consoleLine(text: string): StepFigures | undefined;
  /** A line of the rollouts. */
  rolloutLine(text: string): EngineRollout | undefined;
  /** The number of rows that the engine loaded, from the line of its log that reports it. */
  loadedRows(
    text: string,
  ): { readonly split: 'train' | 'validation'; readonly count: number } | undefined;
  /** The newest complete checkpoint below `checkpoints`; undefined where there is none. */
  latestCheckpoint(checkpoints: string): Promise<EngineCheckpoint | undefined>;
  /** The folder within a checkpoint that Hugging Face libraries read: full weights, or an adapter; undefined where it must be merged first. */
  modelFolder(checkpoint: EngineCheckpoint): Promise<string | undefined>;
  /** The command that makes such a folder at `target` from a checkpoint, to be run as a job of its own. Paths as the nodes see them. */
  mergeEntrypoint(checkpointDirectory: string, target: string): string;
}

/** The parts of a run that its job depends on. They load no model and open no folder. */
export type JobRun = Pick<
  TrainingRun,
  'config' | 'origin' | 'baseDirectory' | 'runDirectory' | 'logger'
> & { readonly parts: Pick<TrainingRun['parts'], 'dataset' | 'prompt' | 'rewards'> };

/** Input of `MakeJob`. */
export interface JobRequest<Options = unknown> {
  readonly run: JobRun;
  readonly options: Options;
  readonly openModel: OpenExportModel;
  /** 1 for the first job of a run, one more for each that continues it. Rows are written once and kept. */
  readonly attempt: number;
  /** Of the reward server, as the nodes reach it. */
  readonly rewardsUrl: string;
  /** Name of the job's place on the storage, and of its experiment. */
  readonly name: string;
  readonly signal?: AbortSignal;
}

/**
 * Makes a job: maps the config, writes the rows and their frames, and puts the command together.
 *
 * @throws LociError `setting-refused` with every setting that the engine does not support, each with its place; errors of the data and the model.
 */
export type MakeJob<Options> = (request: JobRequest<Options>) => Promise<ClusterJob>;
