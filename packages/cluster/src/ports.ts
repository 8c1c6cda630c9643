/** Functions that trainers on a cluster take from outside: the model's preprocessing, from the engines' package, and the reward server, from the command line. */
import type { FrameSelection, MediaReference, Message } from '@loci/core';
import type { Clip } from '@loci/media';

/** The facts of a medium that the length of a prompt depends on. */
export interface MediaShape {
  readonly kind: 'video' | 'image';
  readonly frames: number;
  /** Of a frame as it is shown, in pixels. */
  readonly width: number;
  readonly height: number;
  /** When each frame was filmed, in seconds from the first; empty for an image. */
  readonly seconds: readonly number[];
}

/** The length of a prompt. */
export interface PromptFacts {
  /** Tokens, media included. */
  readonly tokens: number;
  /** Text with which the chat template begins the answer; absent where it begins none. */
  readonly opened?: string | undefined;
}

/** The facts and preprocessing of a model folder that rows need. It loads no weights. */
export interface ExportModel {
  /** `model_type` of its config.json: `qwen2_5_vl`. */
  readonly modelType: string;
  /** Pixels of a patch's side: 14 or 16. */
  readonly patchSize: number;
  /** Longest sequence. */
  readonly maxPositions: number;
  /** Tokens that do not belong to a completion's text: stop, padding, media. */
  readonly silentTokenIds: readonly number[];
  /** The frames that the model is shown of a medium, chosen and scaled. @throws LociError `media-unreadable`. */
  readFrames(media: MediaReference, selection?: FrameSelection): Promise<Clip>;
  /** Whether the folder's own preprocessing leaves frames of this size as they are, so that another program shows the same. */
  keepsSize(shape: Omit<MediaShape, 'seconds'>): boolean;
  /** Counts a prompt whose media have these shapes, in the order of their parts. */
  countPrompt(messages: readonly Message[], shapes: readonly MediaShape[]): PromptFacts;
}

/** Opens a model folder for export, by the policy of a run. @throws LociError naming the file. */
export type OpenExportModel = (
  policy: Readonly<Record<string, unknown>> & { readonly use: string },
  baseDirectory: string,
) => Promise<ExportModel>;

/** A reward server that was started, in a process of its own. */
export interface StartedRewardServer {
  readonly url: string;
  readonly pid: number;
  /** Lets it outlive this process. Until then it ends with it, so that one that nobody recorded never stays. */
  release(): void;
}

/** Settings of a reward server that Loci starts for a run. */
export interface RewardServerRequest {
  readonly runDirectory: string;
  readonly host: string;
  readonly port: number;
  /** Host name that requests may use, besides those of this machine. */
  readonly allowHost: string;
  readonly tokenFile?: string;
  /** File of JSON lines for what it scores: the fields of `rollouts.jsonl`, plus `group`, `member` and `split`. */
  readonly record: string;
}

/** Starts one in a process of its own, with the rewards of the run folder's config. */
export type StartRewardServer = (request: RewardServerRequest) => Promise<StartedRewardServer>;

/** The ports of the package. */
export interface ClusterPorts {
  readonly openModel: OpenExportModel;
  readonly startRewards: StartRewardServer;
}
