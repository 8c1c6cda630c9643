/** Counts a set of generated questions: the figures of SpaceR's plot of its data, and how even the answers are. */
import type { AskedQuestion } from '../rooms/ask-room.ts';
import type { QuestionKindName } from '../rooms/questions/all.ts';
import type { ObjectCounts } from './question-scene.ts';
import type { Selection } from './select.ts';
import { SPATIAL_KIND_NAMES, SPATIAL_KINDS, type SpatialKind } from './spatial-kinds.ts';

/** One of the nine kinds of questions. */
export interface KindCount {
  readonly kind: QuestionKindName;
  readonly questions: number;
  /** Share of the questions whose answer is in the most frequent class of answers. */
  readonly commonestClass: { readonly name: string; readonly share: number };
}

/** One of the six kinds. */
export interface SpatialKindCount {
  readonly kind: SpatialKind;
  readonly questions: number;
  /** Of all questions, 0…1. */
  readonly share: number;
  readonly wanted: number;
  readonly offered: number;
  readonly parts: readonly KindCount[];
}

/** A collection of scenes. */
export interface SourceCount {
  readonly source: string;
  readonly scenes: number;
  readonly questions: number;
  readonly share: number;
}

/** The scenes, counted by their use. */
export interface SceneCounts {
  /** In the files, including unreadable ones. */
  readonly given: number;
  readonly unusable: number;
  /** Left out because a list names them or another scan of their space. */
  readonly excluded: { readonly listed: number; readonly sameSpace: number };
  /** Names of the lists that no scene had. */
  readonly unmetNames: number;
  /** With at least one question. */
  readonly asked: number;
}

/** The statistics of a generated folder. */
export interface SceneStatistics {
  readonly questions: number;
  readonly scenes: SceneCounts;
  readonly objects: ObjectCounts;
  readonly kinds: readonly SpatialKindCount[];
  readonly sources: readonly SourceCount[];
  /** How often each letter is right, of all choices. */
  readonly letters: Readonly<Record<string, number>>;
  /** The kind that limited the number of questions, when the recipe names none. */
  readonly scarcest?: SpatialKind;
}

/** A question with its scene. */
export interface PlacedQuestion {
  readonly scene: string;
  readonly source: string;
  readonly question: AskedQuestion;
}

function countsOf(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function kindCount(kind: QuestionKindName, asked: readonly PlacedQuestion[]): readonly KindCount[] {
  const classes = asked.flatMap(({ question }) =>
    question.kind === kind ? [question.answerClass] : [],
  );
  const [commonest] = [...countsOf(classes)].sort((a, b) => b[1] - a[1]);
  if (commonest === undefined) return [];
  const [name, count] = commonest;
  return [
    { kind, questions: classes.length, commonestClass: { name, share: count / classes.length } },
  ];
}

/** Counts the questions of a folder. */
export function statisticsOf(
  asked: readonly PlacedQuestion[],
  { kinds: selected, scarcest }: Selection,
  scenes: Omit<SceneCounts, 'asked'>,
  objects: ObjectCounts,
): SceneStatistics {
  const kinds = SPATIAL_KIND_NAMES.map((kind): SpatialKindCount => {
    const parts = SPATIAL_KINDS[kind].flatMap((name) => kindCount(name, asked));
    const questions = parts.reduce((sum, part) => sum + part.questions, 0);
    return { kind, questions, share: questions / asked.length, ...selected[kind], parts };
  });
  const sources = [...countsOf(asked.map(({ source }) => source))]
    .sort((a, b) => b[1] - a[1])
    .map(([source, questions]): SourceCount => {
      const own = asked.filter((placed) => placed.source === source);
      const ids = new Set(own.map(({ scene }) => scene));
      return { source, scenes: ids.size, questions, share: questions / asked.length };
    });
  const letters = countsOf(
    asked.flatMap(({ question }) => (question.options.length > 0 ? [question.answer] : [])),
  );
  return {
    questions: asked.length,
    scenes: { ...scenes, asked: new Set(asked.map(({ scene }) => scene)).size },
    objects,
    kinds,
    sources,
    letters: Object.fromEntries([...letters].sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(scarcest === undefined ? {} : { scarcest }),
  };
}
