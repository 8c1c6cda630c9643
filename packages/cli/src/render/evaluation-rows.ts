/** Evaluation reports as rows of text, for the terminal and for the HTML report alike. */
import type {
  EvaluationPass,
  EvaluationReport,
  EvaluationSummary,
  FigureSet,
  Interval,
  ReportComparison,
} from '@loci/core';
import { formatBounds, formatDifference, formatFigure, formatInterval } from './format.ts';

/** A header and its rows; the first column is words, the others figures. */
export interface TextTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What measures are called where people read them. */
const MEASURE_TITLES: Readonly<Record<string, string>> = {
  reward: 'reward',
  map: 'map score',
  hit1: 'objects within one cell',
  format: 'format',
};

/** What the passes of an evaluation are called where people read them. */
export const PASS_TITLES: Readonly<Record<EvaluationPass, string>> = {
  'as-filmed': 'as filmed',
  blank: 'blank video',
  shuffled: 'shuffled frames',
  'first-frame': 'first frame only',
  swapped: 'swapped video',
};

const ABSENT = '–';

/** One figure of a summary: all answers, a measure, or one question kind. */
interface Figure {
  readonly title: string;
  of(summary: EvaluationSummary): Interval | undefined;
  change(comparison: ReportComparison): Interval | undefined;
  constant(report: EvaluationReport): number | undefined;
}

/** The figures of one model: `mean [low, high]`, beside the three controls. */
export function reportTable(report: EvaluationReport): TextTable {
  return {
    header: ['', 'model [95 % interval]', 'items', 'constant', 'blank video', 'swapped video'],
    rows: figuresOf(report).map((figure) => {
      const interval = figure.of(report);
      return [
        figure.title,
        interval === undefined
          ? ABSENT
          : formatInterval(interval.mean, interval.low, interval.high),
        interval === undefined ? ABSENT : String(interval.count),
        ...controlCells(figure, report),
      ];
    }),
  };
}

/** Before and after training, with the paired 95 % interval of the difference, beside the controls of the trained model. */
export function comparisonTable(
  before: EvaluationReport,
  after: EvaluationReport,
  comparison: ReportComparison,
): TextTable {
  return {
    header: [
      '',
      'before',
      'after',
      'change [95 % interval]',
      'constant',
      'blank video',
      'swapped video',
    ],
    rows: figuresOf(after).map((figure) => [
      figure.title,
      meanOf(figure.of(before)),
      meanOf(figure.of(after)),
      differenceOf(figure.change(comparison)),
      ...controlCells(figure, after),
    ]),
  };
}

/** Rewards first, then the map, then the answers by kind. */
function figuresOf(report: EvaluationReport): readonly Figure[] {
  const measures = Object.keys(report.overall.measures);
  const titled = Object.keys(MEASURE_TITLES).filter((name) => measures.includes(name));
  const others = measures.filter((name) => MEASURE_TITLES[name] === undefined).sort();
  return [
    ...[...titled, ...others].map(measureFigure),
    {
      title: 'answers',
      of: ({ overall }) => overall.accuracy,
      change: ({ accuracy }) => accuracy,
      constant: ({ constant }) => constant.accuracy,
    },
    ...Object.keys(report.kinds).sort().map(kindFigure),
  ];
}

function measureFigure(name: string): Figure {
  const of = (figures: FigureSet): Interval | undefined => figures.measures[name];
  return {
    title: MEASURE_TITLES[name] ?? name.replace('/', ': '),
    of: ({ overall }) => of(overall),
    change: ({ measures }) => measures[name],
    constant: () => undefined,
  };
}

function kindFigure(kind: string): Figure {
  return {
    title: `  ${kind}`,
    of: ({ kinds }) => kinds[kind]?.accuracy,
    change: ({ kinds }) => kinds[kind],
    constant: ({ constant }) => constant.kinds[kind]?.accuracy,
  };
}

function controlCells(figure: Figure, report: EvaluationReport): readonly string[] {
  const { blank, swapped } = report.controls;
  const constant = figure.constant(report);
  return [
    constant === undefined ? ABSENT : formatFigure(constant),
    meanOf(blank && figure.of(blank)),
    meanOf(swapped && figure.of(swapped)),
  ];
}

function meanOf(interval: Interval | undefined): string {
  return interval === undefined ? ABSENT : formatFigure(interval.mean);
}

function differenceOf(interval: Interval | undefined): string {
  if (interval === undefined) return ABSENT;
  const { mean, low, high } = interval;
  return `${formatDifference(mean)}${formatBounds(low, high, formatDifference)}`;
}
