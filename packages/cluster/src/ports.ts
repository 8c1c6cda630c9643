/** What trainers on a cluster need of others: a model's processor from the engines' package, and the reward server from the command line. */
import type { FrameSelection, MediaReference, Processor } from '@loci/core';
import type { Clip } from '@loci/media';

/** A model folder as far as rows need it: no weights are loaded. */
export interface ExportModel {
  /** `model_type` of its config.json: `qwen2_5_vl`. */
  readonly modelType: string;
  /** Pixels of a patch's side: 14 or 16. */
  readonly patchSize: number;
  /** Patches of a token's side. */
  readonly mergeSize: number;
  /** Frames of a patch. */
  readonly temporalPatchSize: number;
  readonly processor: Processor;
  /** The frames that the processor shows of a medium, chosen and scaled. */
  readFrames(media: MediaReference, selection?: FrameSelection): Promise<Clip>;
}

/** Opens a model folder for export. @throws LociError naming the file. */
export type OpenExportModel = (
  policy: Readonly<Record<string, unknown>> & { readonly use: string },
  baseDirectory: string,
) => Promise<ExportModel>;

/** A reward server that outlives this process. */
export interface StartedRewardServer {
  readonly url: string;
  readonly pid: number;
}

/** How a reward server is started for a run. */
export interface RewardServerRequest {
  readonly runDirectory: string;
  readonly host: string;
  readonly port: number;
  readonly tokenFile?: string;
  /** JSON lines of what it scores, see `ScoredLine`. */
  readonly record: string;
}

/** Starts one in a process of its own, with the rewards of the run folder's config. */
export type StartRewardServer = (request: RewardServerRequest) => Promise<StartedRewardServer>;

/** The ports of the package. */
export interface ClusterPorts {
  readonly openModel: OpenExportModel;
  readonly startRewards: StartRewardServer;
}
