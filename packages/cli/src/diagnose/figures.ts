/** Computes the figures of a diagnosis: means and paired differences with 95 % intervals, by kind of question. */
import {
  average,
  bootstrapMean,
  calibratedMapScore,
  deriveSeed,
  mapAccuracy,
  type Figure,
} from '@loci/core';
import { QUESTION_KINDS, type QuestionKindName } from '@loci/datasets';
import type { DiagnosedMap, DiagnosedQuestion } from './diagnose.ts';

/** Figures of one kind of question, or of several together. */
export interface KindFigures {
  readonly name: string;
  readonly free: Figure;
  readonly forcedTrue: Figure;
  readonly forcedNoisy: Figure;
  readonly foreignOwn: Figure;
  /** Paired: the true map forced, minus free. */
  readonly gainOfTrue: Figure;
  /** Figures of the questions with another answer in the other room; absent where maps do not determine the answer. */
  readonly foreign?: {
    readonly own: Figure;
    readonly other: Figure;
    /** Paired: scored on the other room minus on the own one. Above zero, answers follow the forced map. */
    readonly follows: Figure;
  };
  readonly reader?: {
    readonly ofTrue: Figure;
    readonly ofOwn: Figure;
    /** The true map forced, as a share of the exact reader. */
    readonly share: number;
  };
}

/** Figures of maps, per room. */
export interface MapFigures {
  readonly withinOneCell: Figure;
  /** Share of single objects in exactly their cell. */
  readonly exactCell: Figure;
  readonly calibrated: Figure;
}

/** All figures of a diagnosis. */
export interface Diagnosis {
  readonly kinds: readonly KindFigures[];
  readonly fresh: MapFigures;
  /** Absent where the training rooms of the model are unknown. */
  readonly trained?: MapFigures;
  /** Trained minus fresh, the intervals of two independent sets of rooms. */
  readonly gap?: Figure;
}

const figure = (name: string, values: readonly number[]): Figure =>
  bootstrapMean(values, deriveSeed(1, 'diagnose', name));

function kindFigures(name: string, all: readonly DiagnosedQuestion[]): KindFigures {
  const of = (key: string, value: (one: DiagnosedQuestion) => number, from = all): Figure =>
    figure(`${name}/${key}`, from.map(value));
  const elsewhere = all.filter(({ foreignOther }) => foreignOther !== undefined);
  const read = all.filter(({ readerOfTrue }) => readerOfTrue !== undefined);
  const forcedTrue = average(read.map((one) => one.forcedTrue));
  return {
    name,
    free: of('free', (one) => one.free),
    forcedTrue: of('true', (one) => one.forcedTrue),
    forcedNoisy: of('noisy', (one) => one.forcedNoisy),
    foreignOwn: of('foreign', (one) => one.foreignOwn),
    gainOfTrue: of('gain', (one) => one.forcedTrue - one.free),
    ...(elsewhere.length > 0 && {
      foreign: {
        own: of('own', (one) => one.foreignOwn, elsewhere),
        other: of('other', (one) => one.foreignOther!, elsewhere),
        follows: of('follows', (one) => one.foreignOther! - one.foreignOwn, elsewhere),
      },
    }),
    ...(read.length > 0 && {
      reader: {
        ofTrue: of('reader', (one) => one.readerOfTrue!, read),
        ofOwn: of('reader of own', (one) => one.readerOfOwn!, read),
        share: forcedTrue / average(read.map((one) => one.readerOfTrue!)),
      },
    }),
  };
}

const DIRECTIONS: readonly QuestionKindName[] = QUESTION_KINDS.filter((kind) =>
  kind.startsWith('relative-direction'),
);
const DEFAULT_KINDS: readonly QuestionKindName[] = [
  'absolute-distance',
  'counting',
  'object-size',
  'room-size',
];

/** Figures of every kind, then of the three directions and of the default run's four kinds together. */
export function figuresByKind(all: readonly DiagnosedQuestion[]): readonly KindFigures[] {
  const of = (kinds: readonly QuestionKindName[]) => all.filter(({ kind }) => kinds.includes(kind));
  return [
    ...QUESTION_KINDS.map((kind) => kindFigures(kind, of([kind]))),
    kindFigures('directions together', of(DIRECTIONS)),
    kindFigures('the four kinds of the default run', of(DEFAULT_KINDS)),
  ].filter(({ free }) => free.count > 0);
}

function withinOneCell({ imagined, truth }: DiagnosedMap): number {
  return mapAccuracy(imagined, truth).withinOneCell ?? 0;
}

function exactCell({ imagined, truth }: DiagnosedMap): number {
  const singles = Object.entries(truth).filter(([, cells]) => cells.length === 1);
  const right = singles.filter(([category, [cell]]) =>
    imagined[category]?.some(([x, y]) => x === cell![0] && y === cell![1]),
  );
  return singles.length === 0 ? 0 : right.length / singles.length;
}

function calibrated({ imagined, truth }: DiagnosedMap): readonly number[] {
  const result = calibratedMapScore(imagined, truth);
  return result.status === 'scored' ? [result.score] : [];
}

/** Figures of maps. */
export function mapFigures(name: string, maps: readonly DiagnosedMap[]): MapFigures {
  return {
    withinOneCell: figure(`${name}/within`, maps.map(withinOneCell)),
    exactCell: figure(`${name}/exact`, maps.map(exactCell)),
    calibrated: figure(`${name}/calibrated`, maps.flatMap(calibrated)),
  };
}

/** Objects within one cell in training rooms minus those in fresh ones; the variances of the two means add up. */
export function mapGap(trained: MapFigures, fresh: MapFigures): Figure {
  const [a, b] = [trained.withinOneCell, fresh.withinOneCell];
  const half = Math.hypot(a.high - a.low, b.high - b.low) / 2;
  const value = a.value - b.value;
  return { value, low: value - half, high: value + half, count: a.count + b.count };
}
