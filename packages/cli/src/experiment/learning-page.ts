/** Writes the page of experiments in Markdown: their training, their results, and the intervals. */
import type { CrossedFigure } from '@loci/core';
import type { ArmWork, EvaluationFigures, ExperimentFigures, FigureRow } from './figures.ts';

/** A picture beside the page. */
export interface PageImage {
  /** Relative to the page. */
  readonly path: string;
  readonly caption: string;
}

/** The pictures of one experiment: one of its training, and those of its evaluations by name. */
export interface PageImages {
  readonly training?: PageImage;
  readonly evaluations: Readonly<Record<string, PageImage>>;
}

const METHOD = `Figures are means over questions and seeds, with 95 % intervals of the pigeonhole bootstrap (Owen, Annals of Applied Statistics 1(2), 2007): questions and seeds are
both drawn with replacement, 2,000 times, and a question brings its answers of every drawn seed. Few seeds are widened by √(S / (S − 1)). With one seed the interval is over questions
alone. Differences are paired: the same questions, runs of the same seed. With three seeds that differ much the intervals are still too narrow, so each difference also stands seed by seed.`;

/** Titles of measures. */
const TITLES: Readonly<Record<string, string>> = {
  score: 'answers',
  calibrated: 'calibrated map',
  map: 'reference map',
  hit1: 'objects within a cell',
  format: 'form',
};

/** Writes the page. The same figures give the same text. */
export function learningPage(
  experiments: readonly { readonly figures: ExperimentFigures; readonly images: PageImages }[],
  command: string,
): string {
  const sections = experiments.map(({ figures, images }) => experimentSection(figures, images));
  return [
    '# What training brings',
    `Generated from stored runs: \`${command}\`. Do not edit it; run more and generate it again.`,
    METHOD,
    ...sections,
    '',
  ]
    .join('\n\n')
    .replace(/\n\n$/u, '\n');
}

function experimentSection(
  { title, arms, evaluations }: ExperimentFigures,
  images: PageImages,
): string {
  return [
    `## ${title}`,
    table(
      ['arm', 'seeds', 'steps a run', 'hours of all runs'],
      arms.map(({ title: arm, seeds, steps, hours }) => [
        arm,
        listOf(seeds),
        listOf([...new Set(steps)]),
        hours.toFixed(2),
      ]),
    ),
    ...(images.training ? [picture(images.training)] : []),
    ...evaluations.map((one) => evaluationSection(one, arms, images.evaluations[one.name])),
  ].join('\n\n');
}

function evaluationSection(
  evaluation: EvaluationFigures,
  arms: readonly ArmWork[],
  image: PageImage | undefined,
): string {
  const { title, questions, kinds, conditions, differences } = evaluation;
  const hasControls = conditions.some(({ figures }) => Object.keys(figures).length > 1);
  return [
    `### ${title}`,
    `${questions} questions a seed. ${effort(arms)}`,
    figureTable('arm', evaluation.arms),
    ...(image ? [picture(image)] : []),
    ...(differences.length === 0
      ? []
      : [
          'Paired differences:',
          figureTable('difference', differences, true),
          bySeedTable(differences),
        ]),
    'Answers by kind:',
    figureTable('arm', kinds),
    ...(hasControls ? ['Answers by what is shown:', figureTable('arm', conditions)] : []),
  ].join('\n\n');
}

/** Seeds, steps and hours behind all figures of a section. */
export function effort(arms: readonly ArmWork[]): string {
  const trained = arms.filter(({ seeds }) => seeds.length > 0);
  const seeds = [...new Set(trained.flatMap((arm) => arm.seeds))].sort((a, b) => a - b);
  const steps = [...new Set(trained.flatMap((arm) => arm.steps))].sort((a, b) => a - b);
  const hours = trained.reduce((sum, arm) => sum + arm.hours, 0);
  return `Seeds ${listOf(seeds)}; ${listOf(steps)} steps a run; ${hours.toFixed(2)} hours of training in all.`;
}

function figureTable(first: string, rows: readonly FigureRow[], signed = false): string {
  const names = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  return table(
    [first, 'seeds', ...names.map((name) => TITLES[name] ?? name)],
    rows.map(({ title, seeds, figures }) => [
      title,
      listOf(seeds),
      ...names.map((name) => figureText(figures[name], signed || name.includes('−'))),
    ]),
  );
}

/** The differences of the answers, each seed by itself. */
function bySeedTable(rows: readonly FigureRow[]): string {
  return table(
    ['answers, seed by seed', 'differences'],
    rows.map(({ title, seeds, figures }) => [
      title,
      (figures['score']?.bySeed ?? [])
        .map((value, index) => `${seeds[index]!}: ${numberText(value, true)}`)
        .join(', '),
    ]),
  );
}

function figureText(figure: CrossedFigure | undefined, signed: boolean): string {
  if (figure === undefined) return '–';
  const { value, low, high } = figure;
  const interval = Number.isNaN(low)
    ? ''
    : ` [${numberText(low, signed)}, ${numberText(high, signed)}]`;
  return `${numberText(value, signed)}${interval}`;
}

function numberText(value: number, signed: boolean): string {
  const digits = Math.abs(value).toFixed(3);
  const isZero = Number(digits) === 0;
  if (value < 0 && !isZero) return `−${digits}`;
  return signed && !isZero ? `+${digits}` : digits;
}

function listOf(numbers: readonly number[]): string {
  return numbers.length === 0 ? '–' : numbers.join(', ');
}

function picture({ path, caption }: PageImage): string {
  return `![${caption}](${path})\n\n${caption}`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
