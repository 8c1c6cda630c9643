import type { CognitiveMap } from './cognitive-map.ts';
import type { SceneMap } from './scene-map.ts';

/** The five problem types of SpaceR-151k. The type selects the rule for answers. */
export type ProblemType = 'multiple choice' | 'numerical' | 'OCR' | 'free-form' | 'regression';

/** A media file. `path` is absolute after a dataset has resolved it. */
export interface MediaReference {
  readonly kind: 'video' | 'image';
  readonly path: string;
  /** Selects one frame of a video as an image: the one at this second, counted from the first frame. */
  readonly second?: number | undefined;
}

/**
 * One question with a verifiable answer: a record of SpaceR-151k, with the map of its scene if there is one.
 */
export interface Sample {
  /** Unique within its dataset. */
  readonly id: string;
  readonly problem: string;
  /** Lettered options, `"A. chair"`; empty unless the problem is multiple choice. */
  readonly options: readonly string[];
  readonly problemType: ProblemType;
  /** As stored in the record, wrapped in answer tags: `<answer>B</answer>`. */
  readonly solution: string;
  /**
   * Any number of videos and images, in the order of the prompt. A `<video>` or `<image>` in `problem` or `options` is the place of the next
   * medium of that kind; media without a place come before the text.
   */
  readonly media: readonly MediaReference[];
  /** Origin of the record; `SR_dataset` marks a spatial question that has a map. */
  readonly source: string;
  /** The dataset's own kind of question, such as `relative-distance`, for breakdowns in reports. */
  readonly questionKind?: string;
  /** The true map of the scene. */
  readonly map?: CognitiveMap;
  /** The true map in another form, in place of `map`. */
  readonly sceneMap?: SceneMap;
  /** A worked completion to imitate, for supervised training. */
  readonly demonstration?: string;
  /** Name of its dataset, when a run mixes several, for breakdowns of figures. */
  readonly dataset?: string;
  /** Further fields of the data, for your own rewards; Loci itself does not read them. */
  readonly meta?: Readonly<Record<string, unknown>>;
}
