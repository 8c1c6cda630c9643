/** Turns evaluation reports into rows of text, for the terminal and for the HTML report. */
import type {
  ConditionReport,
  EvaluationCondition,
  EvaluationReport,
  Figure,
  FigureSet,
  MeanDifferences,
  Means,
} from '@loci/core';
import { formatBounds, formatDifference, formatFigure, formatInterval } from './format.ts';

/** A header and its rows: words in the first column, figures in the others. */
export interface TextTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Titles of measures. */
const MEASURE_TITLES: Readonly<Record<string, string>> = {
  reward: 'reward',
  map: 'map score',
  hit1: 'objects within one cell',
  format: 'format',
};

/** Titles of the conditions of an evaluation. */
export const CONDITION_TITLES: Readonly<Record<EvaluationCondition, string>> = {
  'as-filmed': 'as filmed',
  images: 'as images',
  blank: 'blank video',
  shuffled: 'shuffled frames',
  reversed: 'reversed video',
  mirrored: 'mirrored video',
  'first-frame': 'first frame only',
  swapped: 'swapped video',
};

/** Prefix of measures that are parts of the reward. */
const PART = 'reward/';

const ABSENT = '–';

/** One line of a table: all answers, a measure, or one task. */
interface Line {
  readonly title: string;
  of(means: Means): Figure | undefined;
  change(differences: MeanDifferences): Figure | undefined;
  constant(report: EvaluationReport): number | undefined;
}

/** The controls whose columns come first. */
const USUAL_CONTROLS: readonly EvaluationCondition[] = ['blank', 'swapped'];

/** The means of one model as `mean [low, high]`, next to the best constant answer and the controls. */
export function reportTable(report: EvaluationReport): TextTable {
  const controls = controlsOf(report);
  return {
    header: ['', 'model [95 % interval]', 'items', 'constant', ...controls.map(titleOf)],
    rows: linesOf(report).map((line) => {
      const figure = meanOf(report, 'as-filmed', line);
      return [
        line.title,
        figure === undefined ? ABSENT : formatInterval(figure.value, figure.low, figure.high),
        figure === undefined ? ABSENT : String(figure.count),
        ...controlCells(line, report, controls),
      ];
    }),
  };
}

/** Before and after training, with the paired 95 % interval of the difference, next to the controls of the trained model. */
export function comparisonTable(
  before: EvaluationReport,
  after: EvaluationReport,
  differences: MeanDifferences,
): TextTable {
  const controls = controlsOf(after);
  return {
    header: ['', 'before', 'after', 'change [95 % interval]', 'constant', ...controls.map(titleOf)],
    rows: linesOf(after).map((line) => [
      line.title,
      cell(meanOf(before, 'as-filmed', line)),
      cell(meanOf(after, 'as-filmed', line)),
      differenceCell(line.change(differences)),
      ...controlCells(line, after, controls),
    ]),
  };
}

function controlsOf({ conditions }: EvaluationReport): readonly EvaluationCondition[] {
  const evaluated = Object.keys(conditions) as EvaluationCondition[];
  return [
    ...USUAL_CONTROLS.filter((one) => evaluated.includes(one)),
    ...evaluated.filter((one) => one !== 'as-filmed' && !USUAL_CONTROLS.includes(one)),
  ];
}

function titleOf(condition: EvaluationCondition): string {
  return CONDITION_TITLES[condition];
}

/**
 * The answers with their kinds below them, the reward with its parts below it, then other measures. No figure is shown twice: a measure that
 * equals a part of the reward is left out, as is a part that equals the answers.
 */
function linesOf({ conditions }: EvaluationReport): readonly Line[] {
  const means = conditions['as-filmed']?.means;
  const sets = means === undefined ? [] : [means.overall, ...Object.values(means.tasks)];
  const names = Object.keys(means?.overall.measures ?? {});
  /** Compares over all items and in each task, since single figures may be equal by chance. */
  const same = (a: (set: FigureSet) => Figure | undefined, b: typeof a): boolean =>
    sets.every((set) => {
      const [one, other] = [a(set), b(set)];
      return one?.value === other?.value && one?.count === other?.count;
    });
  const measure =
    (name: string) =>
    ({ measures }: FigureSet) =>
      measures[name];
  const parts = names
    .filter((name) => name.startsWith(PART))
    .filter((name) => name !== `${PART}answer` || !same(measure(name), ({ score }) => score))
    .sort();
  const repeated = new Set(
    names.filter(
      (name) => parts.includes(PART + name) && same(measure(name), measure(PART + name)),
    ),
  );
  const others = names.filter(
    (name) => name !== 'reward' && !name.startsWith(PART) && !repeated.has(name),
  );
  const titled = Object.keys(MEASURE_TITLES).filter((name) => others.includes(name));
  const untitled = others.filter((name) => MEASURE_TITLES[name] === undefined).sort();
  return [
    {
      title: 'answers',
      of: ({ overall }) => overall.score,
      change: ({ score }) => score,
      constant: ({ constant }) => constant.score,
    },
    ...Object.keys(means?.tasks ?? {})
      .sort()
      .map(taskLine),
    ...(names.includes('reward') ? [measureLine('reward')] : []),
    ...parts.map(measureLine),
    ...[...titled, ...untitled].map(measureLine),
  ];
}

function measureLine(name: string): Line {
  const of = (figures: FigureSet): Figure | undefined => figures.measures[name];
  const isPart = name.startsWith(PART);
  return {
    title: isPart
      ? `  ${name.slice(PART.length)}`
      : (MEASURE_TITLES[name] ?? name.replace('/', ': ')),
    of: ({ overall }) => of(overall),
    change: ({ measures }) => measures[name],
    constant: () => undefined,
  };
}

function taskLine(task: string): Line {
  return {
    title: `  ${task}`,
    of: ({ tasks }) => tasks[task]?.score,
    change: ({ tasks }) => tasks[task],
    constant: ({ constant }) => constant.tasks[task]?.score,
  };
}

function controlCells(
  line: Line,
  report: EvaluationReport,
  controls: readonly EvaluationCondition[],
): readonly string[] {
  const constant = line.constant(report);
  return [
    constant === undefined ? ABSENT : formatFigure(constant),
    ...controls.map((condition) => cell(meanOf(report, condition, line))),
  ];
}

function meanOf(
  { conditions }: EvaluationReport,
  condition: EvaluationCondition,
  line: Line,
): Figure | undefined {
  const found: ConditionReport | undefined = conditions[condition];
  return found && line.of(found.means);
}

function cell(figure: Figure | undefined): string {
  return figure === undefined ? ABSENT : formatFigure(figure.value);
}

function differenceCell(figure: Figure | undefined): string {
  if (figure === undefined) return ABSENT;
  const { value, low, high } = figure;
  return `${formatDifference(value)}${formatBounds(low, high, formatDifference)}`;
}
