/** The lines of a SpaceR-151k folder: records, maps and demonstrations, and their faults. */
import { extractSolution, readTrueNumber, sceneMapSchema } from '@loci/core';
import type { Cell, CognitiveMap, ProblemType, SceneMap } from '@loci/core';

/** A record of SpaceR-151k, with the fields of the file. */
export interface SpacerRecord {
  readonly problem_id: number | string;
  readonly problem: string;
  /** Lettered options; empty unless the problem is multiple choice. */
  readonly options: readonly string[];
  readonly problem_type: ProblemType;
  /** The answer in answer tags. */
  readonly solution: string;
  readonly data_type: 'image' | 'video';
  /** Relative to the folder. */
  readonly path: string;
  /** `SR_dataset` for questions with a map. */
  readonly data_source: string;
}

/** A line of `annotation/cognitive_map.jsonl`. */
export interface SpacerMap {
  /** Name of the video without folder and extension. */
  readonly video_id: string;
  readonly cognitive_map: CognitiveMap;
  readonly object_list: readonly string[];
}

/** A line of `annotation/scene_map.jsonl`: the map of a video in another form. */
export interface SpacerSceneMap {
  readonly video_id: string;
  readonly scene_map: SceneMap;
}

/** A line of the file of demonstrations, which has no place in the schema of records. */
export interface SpacerDemonstration {
  readonly problem_id: number | string;
  readonly question_kind: string;
  readonly demonstration: string;
}

/** `data_source` of questions that have a map. */
export const SPATIAL_SOURCE = 'SR_dataset';

const PROBLEM_TYPES: readonly string[] = [
  'multiple choice',
  'numerical',
  'OCR',
  'free-form',
  'regression',
] satisfies readonly ProblemType[];

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '';
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
const isId = (value: unknown): boolean => isText(value) || Number.isFinite(value);

/** Why a value is not a record; undefined when it is one. */
export function recordFault(value: unknown): string | undefined {
  if (!isFields(value)) return 'not a JSON object';
  const { problem_type: type, data_type: media, options } = value;
  if (!isId(value['problem_id'])) return 'problem_id must be a number or a text';
  for (const key of ['problem', 'solution', 'path', 'data_source']) {
    if (!isText(value[key])) return `${key} must be a text that is not empty`;
  }
  if (!isText(type) || !PROBLEM_TYPES.includes(type)) {
    return `problem_type ${JSON.stringify(type)} is none of ${PROBLEM_TYPES.join(', ')}`;
  }
  if (media !== 'image' && media !== 'video') {
    return `data_type ${JSON.stringify(media)} is neither image nor video`;
  }
  if (!isTexts(options)) return 'options must be a list of texts';
  if (type === 'multiple choice' && options.length < 2) {
    return 'options must name at least two choices in a multiple choice problem';
  }
  return solutionFault(value['solution'] as string, type, options);
}

/** The letter that an answer gives: `B`, `b`, `B.`, `(B)`, `B. chair`, `B chair`. */
const letterOf = (text: string): string | undefined =>
  /^\s*[("'[]?([a-z])(?:[)"'\].:,\s]|$)/iu.exec(text)?.[1]?.toUpperCase();

/** The letters of a solution: one as above, or several (`AC`, `A, C`). */
const lettersIn = (text: string): readonly (string | undefined)[] =>
  /^[a-z](?:[\s,;&]*[a-z])+$/iu.test(text)
    ? text.toUpperCase().match(/[A-Z]/gu)!
    : [letterOf(text)];

/** The letters of options: their own where each has a different one (`A. chair`, not `a chair`), else those of their places. */
function lettersOf(options: readonly string[]): readonly string[] {
  const marks = options.map((text) =>
    /^\s*\(?[a-z][).:]/iu.test(text) ? letterOf(text) : undefined,
  );
  const marked = marks.filter((letter) => letter !== undefined);
  return new Set(marked).size === options.length
    ? marked
    : options.map((_, index) => String.fromCharCode(65 + index));
}

/** Why no answer could earn the reward of this solution; undefined when one could. */
function solutionFault(
  solution: string,
  type: string,
  options: readonly string[],
): string | undefined {
  const truth = extractSolution(solution);
  if (truth === undefined) return 'solution holds no answer';
  if ((type === 'numerical' || type === 'regression') && readTrueNumber(truth) === undefined) {
    return `solution ${JSON.stringify(truth)} holds no number, but the problem is ${type}`;
  }
  if (type !== 'multiple choice') return undefined;
  const letters = lettersOf(options);
  const isNamed = lettersIn(truth).every((letter) => letters.includes(letter!));
  return isNamed || options.includes(truth)
    ? undefined
    : `solution ${JSON.stringify(truth)} is none of the options ${letters.join(', ')}`;
}

const isCell = (value: unknown): value is Cell =>
  Array.isArray(value) && value.length === 2 && value.every((part) => Number.isFinite(part));

/** Why a value is not a line with a map; undefined when it is one. */
export function mapFault(value: unknown): string | undefined {
  if (!isFields(value)) return 'not a JSON object';
  if (!isText(value['video_id'])) return 'video_id must be a text that is not empty';
  const map = value['cognitive_map'];
  if (!isFields(map)) return 'cognitive_map must be an object of lists of points';
  for (const [category, points] of Object.entries(map)) {
    if (!Array.isArray(points) || !points.every(isCell)) {
      return `cognitive_map.${category} must be a list of [x, y] points`;
    }
  }
  return undefined;
}

/** Why a value is not a line with a demonstration; undefined when it is one. */
export function demonstrationFault(value: unknown): string | undefined {
  if (!isFields(value)) return 'not a JSON object';
  if (!isId(value['problem_id'])) return 'problem_id must be a number or a text';
  for (const key of ['question_kind', 'demonstration']) {
    if (!isText(value[key])) return `${key} must be a text that is not empty`;
  }
  return undefined;
}

/** Why a value is not a line with a scene map; undefined when it is one. */
export function sceneMapFault(value: unknown): string | undefined {
  if (!isFields(value)) return 'not a JSON object';
  if (!isText(value['video_id'])) return 'video_id must be a text that is not empty';
  const { success, error } = sceneMapSchema.safeParse(value['scene_map']);
  const [issue] = error?.issues ?? [];
  return success
    ? undefined
    : `scene_map${issue?.path.map((key) => `.${String(key)}`).join('')} ${issue?.message}`;
}
