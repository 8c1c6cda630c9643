/** Types of the JSON that the server sends to the page; both sides import them. Figures that are not finite are null. */
import type { CognitiveMap, RewardOutcome, RolloutContribution, RunAlert } from '@loci/core';

/** The status of a run, as far as its folder shows. */
export type RunStatus = 'running' | 'finished' | 'stopped' | 'killed';

/** A run in a list. */
export interface RunSummary {
  /** For addresses: stable as long as the folder is not moved. */
  readonly id: string;
  /** Path of the folder, relative to the searched one. */
  readonly name: string;
  readonly kind: 'training' | 'evaluation';
  readonly status: RunStatus;
  /** Steps done, and steps in all; of an evaluation, 0. */
  readonly step: number;
  readonly steps: number;
  /** Time of the last write, in milliseconds since 1970. */
  readonly changedAt: number;
  /** Records of metrics and lines of rollouts that were read. */
  readonly records: number;
  readonly rollouts: number;
  /** Goes up when a file was rewritten: earlier data is then invalid. */
  readonly generation: number;
  /** The probable phase of the writer: `sampling step 12`. */
  readonly phase?: string;
  /** Resident memory of the writing process, in bytes, where it runs on this machine. */
  readonly memory?: number;
  readonly reward?: number;
  readonly tokensPerSecond?: number;
  readonly secondsPerStep?: number;
  readonly alerts: readonly RunAlert[];
  readonly evaluations: readonly EvaluationSummary[];
  /** Why the folder cannot be read. */
  readonly problem?: string;
}

/** An evaluation in a list. */
export interface EvaluationSummary {
  /** Folder within the run; `.` for a run that is an evaluation. */
  readonly key: string;
  readonly title: string;
  readonly step?: number;
  /** Whether the evaluation has stored answers. */
  readonly hasItems: boolean;
}

/** Figures of a run in columns: `columns[name][i]` belongs to `steps[i]`. */
export interface MetricsPage {
  readonly generation: number;
  readonly records: number;
  readonly steps: readonly number[];
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
}

/** A rollout in a list. */
export interface RolloutRow {
  readonly row: number;
  readonly step: number;
  readonly kind: string;
  readonly sampleId: string;
  readonly completion: number;
  readonly reward: number | null;
  readonly advantage: number | null;
  readonly tokens: number;
  readonly problem: string;
  readonly text: string;
  readonly look?: string;
  readonly leftOut?: string;
  /** Values of the rewards, by name. */
  readonly values: Readonly<Record<string, number | null>>;
}

/** A page of the rollouts that pass a filter. */
export interface RolloutPage {
  readonly total: number;
  readonly matched: number;
  readonly rows: readonly RolloutRow[];
  readonly kinds: readonly string[];
  /** `answer`, `map`, `map/score`, … */
  readonly parts: readonly string[];
  readonly steps: readonly [first: number, last: number] | null;
  /** Bytes of the file that were read, and its size; equal once every rollout is in the list. */
  readonly indexed: readonly [read: number, size: number];
  /** Time of filtering on the server. */
  readonly milliseconds: number;
}

/** One completion of a group. */
export interface GroupMember extends RolloutRow {
  readonly opened?: string;
  readonly finishReason: string;
  readonly outcomes: Readonly<Record<string, RewardOutcome>>;
  readonly contributions?: Readonly<Record<string, RolloutContribution>>;
  readonly imagined?: CognitiveMap;
  /** Drawing of the imagined map where the sample's is in another form than SpaceR's: the address of a picture. */
  readonly sceneDrawing?: string;
}

/** A medium of a prompt. */
export interface MediumView {
  readonly kind: 'video' | 'image';
  readonly name: string;
  readonly second?: number;
}

/** A group of rollouts, side by side. */
export interface GroupView {
  /** The requested row. */
  readonly row: number;
  readonly step: number;
  readonly sampleId: string;
  readonly kind: string;
  readonly problem: string;
  readonly options: readonly string[];
  readonly solution: string;
  readonly media: readonly MediumView[];
  readonly map?: CognitiveMap;
  /** Drawing of the true map in another form: the address of a picture. */
  readonly sceneDrawing?: string;
  readonly members: readonly GroupMember[];
  /** First rows of the groups before and after. */
  readonly previous: number | null;
  readonly next: number | null;
}

/** A figure with its interval; null where there is none. */
export interface FigureView {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly count: number;
}

/** A row of an evaluation's table. */
export interface ScoreRow {
  readonly title: string;
  /** One per scorer. */
  readonly figures: readonly (FigureView | null)[];
}

/** One answer to one item. */
export interface ItemView {
  /** Index among the evaluation's answers. */
  readonly row: number;
  readonly id: string;
  readonly task: string;
  readonly condition: string;
  readonly question: string;
  readonly options: readonly string[];
  readonly answer: string;
  readonly output: string;
  /** Which of several answers to the item this is; absent for the first. */
  readonly sample?: number;
  /** Why there is no answer. */
  readonly silence?: string;
  readonly score: number | null;
  readonly normalised?: string;
  readonly reason?: string;
  /** The media, where the evaluation stored them. */
  readonly media: readonly MediumView[];
  readonly map?: CognitiveMap;
  readonly imagined?: CognitiveMap;
  /** Drawings of maps in another form: addresses of pictures. */
  readonly scene?: { readonly truth: string; readonly imagined?: string };
}

/** An evaluation with a page of its items. */
export interface EvaluationView {
  readonly title: string;
  readonly model: string;
  /** The settings of the evaluation, one entry per line. */
  readonly settings: readonly (readonly [entry: string, value: string])[];
  readonly scorers: readonly string[];
  readonly scorer: string;
  readonly conditions: readonly string[];
  readonly tasks: readonly string[];
  readonly table: readonly ScoreRow[];
  readonly matched: number;
  readonly items: readonly ItemView[];
}

/** An item whose score differs between two evaluations. */
export interface FlipView {
  readonly id: string;
  readonly task: string;
  readonly question: string;
  readonly answer: string;
  readonly first: Pick<ItemView, 'score' | 'normalised' | 'output'>;
  readonly second: Pick<ItemView, 'score' | 'normalised' | 'output'>;
}

/** Two evaluations of the same items. */
export interface ComparisonView {
  readonly scorer: string;
  readonly shared: number;
  readonly first: number | null;
  readonly second: number | null;
  readonly gained: number;
  readonly lost: number;
  readonly flips: readonly FlipView[];
  readonly differences: readonly EntryView[];
}

/** An entry that differs between two configs or records; null where one lacks it. */
export interface EntryView {
  readonly entry: string;
  readonly first: string | null;
  readonly second: string | null;
}

/** The answer to a failed request. */
export interface ErrorView {
  readonly error: string;
  readonly message: string;
}
