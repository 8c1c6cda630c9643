/** What an engine on a cluster is sent, and how its output is read: the contract between those who make a job and those who run it. */
import type { TrainingRun } from '@loci/core';
import type { EngineName } from './options.ts';
import type { OpenExportModel } from './ports.ts';

/** What becomes of one setting of a run on another engine. */
export type SettingFate =
  /** The engine does it: by these keys of its own. */
  | { readonly kind: 'mapped'; readonly to: readonly string[]; readonly note?: string }
  /** Loci does it, before, beside or after the engine. */
  | { readonly kind: 'loci'; readonly how: string }
  /** It changes nothing there, and a person may want to know. */
  | {
      readonly kind: 'without-effect';
      readonly why: string;
      /** Whether the run is another one for it. */
      readonly differs?: true;
    }
  /** The engine cannot do it, and the run does not start. */
  | { readonly kind: 'refused'; readonly why: string };

/** One leaf of a run's config, with what becomes of it. */
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

/** One job, whole: all that is sent, and nothing that is a secret. */
export interface ClusterJob {
  readonly engine: EngineName;
  readonly engineVersion: string;
  /** Shell command that Ray starts, or a shell here. */
  readonly entrypoint: string;
  /** What travels in the working folder, by relative path: the shim, `config.json`. */
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
  /** Absent where the engine does not tell. */
  readonly step?: number;
  readonly output: string;
  /** The reward that the engine took. */
  readonly score?: number;
  /** Id of the sample, where the engine's line leads back to one. */
  readonly sampleId?: string;
}

/** A checkpoint that is whole. */
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
  /** How many rows the engine says it loaded, when a line of its log says so. */
  loadedRows(
    text: string,
  ): { readonly split: 'train' | 'validation'; readonly count: number } | undefined;
  /** The newest whole checkpoint below `checkpoints`; undefined where there is none. */
  latestCheckpoint(checkpoints: string): Promise<EngineCheckpoint | undefined>;
  /** The folder within a checkpoint that a Hugging Face reader takes: whole weights, or an adapter; undefined where it must be merged first. */
  modelFolder(checkpoint: EngineCheckpoint): Promise<string | undefined>;
  /** The command that makes such a folder at `target` from a checkpoint, to be run as a job of its own. Paths as the nodes see them. */
  mergeEntrypoint(checkpointDirectory: string, target: string): string;
}

/** A run as far as its job depends on it: no model is loaded, and no folder is opened. */
export type JobRun = Pick<
  TrainingRun,
  'config' | 'origin' | 'baseDirectory' | 'runDirectory' | 'logger'
> & { readonly parts: Pick<TrainingRun['parts'], 'dataset' | 'prompt' | 'rewards'> };

/** What a job is made from. */
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
 * @throws LociError `setting-refused` with every setting that the engine cannot do, each with its place; those of the data and the model.
 */
export type MakeJob<Options> = (request: JobRequest<Options>) => Promise<ClusterJob>;
