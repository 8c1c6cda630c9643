import type { CognitiveMap } from './cognitive-map.ts';
import type { SceneMap } from './scene-map.ts';

/** The five problem types of SpaceR-151k. The type decides how an answer is judged. */
export type ProblemType = 'multiple choice' | 'numerical' | 'OCR' | 'free-form' | 'regression';

/** A file that the model looks at. `path` is absolute once a dataset has resolved it. */
export interface MediaReference {
  readonly kind: 'video' | 'image';
  readonly path: string;
  /** Makes an image of one frame of a video: the one that is shown at this second, counted from the first frame. */
  readonly second?: number | undefined;
}

/**
 * One question with a verifiable answer: a record of SpaceR-151k, with the map of its scene where there is one.
 */
export interface Sample {
  /** Unique within its dataset. */
  readonly id: string;
  readonly problem: string;
  /** Lettered options, `"A. chair"`; empty unless the problem is multiple choice. */
  readonly options: readonly string[];
  readonly problemType: ProblemType;
  /** As stored in the record, that is, wrapped in answer tags: `<answer>B</answer>`. */
  readonly solution: string;
  /**
   * What the model looks at: none, one or several, videos, images or both, in the order in which they are shown. A `<video>` or `<image>` in
   * `problem` or `options` stands for the next of its kind; those without a place in the text come before it.
   */
  readonly media: readonly MediaReference[];
  /** Where the record comes from; `SR_dataset` marks a spatial question that has a map. */
  readonly source: string;
  /** What is asked, in the dataset's own words, such as `relative-distance`; reports are broken down by it. */
  readonly questionKind?: string;
  /** The true map of the scene. */
  readonly map?: CognitiveMap;
  /** The true map in another form, in place of `map`. */
  readonly sceneMap?: SceneMap;
  /** A worked completion to imitate, for supervised training. */
  readonly demonstration?: string;
  /** Name of its dataset, where a run mixes several; figures are broken down by it. */
  readonly dataset?: string;
  /** What the data has beside, for rewards of one's own; nothing of Loci reads it. */
  readonly meta?: Readonly<Record<string, unknown>>;
}
