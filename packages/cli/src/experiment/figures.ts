/** Computes the figures of an experiment's page from its folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CrossedFigure, EvaluationCondition, MetricRecord } from '@loci/core';
import type { Io } from '../io.ts';
import { textLines } from '../text-lines.ts';
import { readArmAnswers } from './arm-answers.ts';
import type { ArmAnswers } from './arm-answers.ts';
import { armDifference, armFigure, kindsOf } from './compare-arms.ts';
import { START } from './experiment-schema.ts';
import { folderOf } from './experiment-store.ts';
import type { StoredExperiment } from './experiment-store.ts';

/** The training of an arm. */
export interface ArmWork {
  readonly name: string;
  readonly title: string;
  /** Seeds of finished runs. */
  readonly seeds: readonly number[];
  /** Steps of each of these runs, in order. */
  readonly steps: readonly number[];
  /** Hours of all its runs together. */
  readonly hours: number;
  /** Reward of the answers by step, mean over the seeds. */
  readonly curve: readonly (readonly [step: number, value: number])[];
}

/** A row of a table: figures by column. */
export interface FigureRow {
  readonly title: string;
  /** Seeds behind it. */
  readonly seeds: readonly number[];
  readonly figures: Readonly<Record<string, CrossedFigure>>;
}

/** One evaluation of all arms. */
export interface EvaluationFigures {
  readonly name: string;
  readonly title: string;
  /** Questions of the arm that answered most. */
  readonly questions: number;
  /** Scores and maps as filmed, by measure. */
  readonly arms: readonly FigureRow[];
  /** Answers as filmed, by kind. */
  readonly kinds: readonly FigureRow[];
  /** Answers by condition, and as filmed minus swapped. */
  readonly conditions: readonly FigureRow[];
  /** Named differences, by measure and then by kind. */
  readonly differences: readonly FigureRow[];
}

/** An experiment in figures. */
export interface ExperimentFigures {
  readonly title: string;
  readonly arms: readonly ArmWork[];
  readonly evaluations: readonly EvaluationFigures[];
}

/** Column of the difference between the own video and another room's. */
const OWN_MINUS_OTHER = 'as filmed − swapped';

/**
 * Computes the figures of an experiment from its finished pieces.
 *
 * @throws LociError for stored evaluations that cannot be read.
 */
export async function readExperimentFigures(
  stored: StoredExperiment,
  io: Io,
): Promise<ExperimentFigures> {
  const { title, arms, evaluations } = stored.experiment;
  const works: ArmWork[] = [];
  for (const name of Object.keys(arms)) works.push(await workOf(stored, name));
  const figures: EvaluationFigures[] = [];
  for (const name of Object.keys(evaluations)) {
    const found = await evaluationFigures(stored, name, io);
    if (found !== undefined) figures.push(found);
  }
  return { title, arms: works, evaluations: figures };
}

async function workOf(stored: StoredExperiment, arm: string): Promise<ArmWork> {
  const { directory, experiment, pieces } = stored;
  const stateOf = (seed: number) => pieces[`train/${arm}/seed-${seed}`];
  const done = experiment.seeds.flatMap((seed) => {
    const ending = stateOf(seed)?.ending;
    return ending !== undefined && 'step' in ending ? [{ seed, step: ending.step }] : [];
  });
  const seconds = experiment.seeds.reduce((sum, seed) => sum + (stateOf(seed)?.seconds ?? 0), 0);
  const runs = done.map(({ seed }) => folderOf(directory, { kind: 'train', arm, seed }));
  return {
    name: arm,
    title: experiment.arms[arm]!.title,
    seeds: done.map(({ seed }) => seed),
    steps: done.map(({ step }) => step),
    hours: seconds / 3600,
    curve: meanCurve(await Promise.all(runs.map(answerRewards))),
  };
}

/** The reward `answer` by step; empty for runs that do not sample. */
async function answerRewards(run: string): Promise<ReadonlyMap<number, number>> {
  const file = join(run, 'metrics.jsonl');
  const found = new Map<number, number>();
  if (!existsSync(file)) return found;
  for await (const { text, isWhole } of textLines(file)) {
    if (!isWhole) continue;
    const record = JSON.parse(text) as Readonly<Record<string, unknown>> &
      Pick<MetricRecord, 'step'>;
    const value = record['reward/answer'];
    if (typeof value === 'number') found.set(record.step, value);
  }
  return found;
}

function meanCurve(runs: readonly ReadonlyMap<number, number>[]): ArmWork['curve'] {
  const steps = [...new Set(runs.flatMap((run) => [...run.keys()]))].sort((a, b) => a - b);
  return steps.map((step) => {
    const values = runs.flatMap((run) => run.get(step) ?? []);
    return [step, values.reduce((sum, value) => sum + value, 0) / values.length] as const;
  });
}

async function evaluationFigures(
  stored: StoredExperiment,
  name: string,
  io: Io,
): Promise<EvaluationFigures | undefined> {
  const { experiment } = stored;
  const answers = new Map<string, ArmAnswers>();
  for (const arm of [START, ...Object.keys(experiment.arms)]) {
    const found = await readArmAnswers(stored, arm, name, io);
    if (found.size > 0) answers.set(arm, found);
  }
  if (answers.size === 0) return undefined;
  const titleOf = (arm: string): string => experiment.arms[arm]?.title ?? 'Start model';
  const rows = (of: (own: ArmAnswers) => FigureRow['figures']): readonly FigureRow[] =>
    [...answers].map(([arm, own]) => ({
      title: titleOf(arm),
      seeds: [...(filmed(own)?.keys() ?? [])],
      figures: of(own),
    }));
  const measures = measuresOf(answers);
  const kinds = [
    ...new Set([...answers.values()].flatMap((own) => kindsOf(filmed(own) ?? new Map()))),
  ];
  return {
    name,
    title: experiment.evaluations[name]!.title,
    questions: Math.max(...[...answers.values()].map((own) => questionCount(own))),
    arms: rows((own) =>
      defined(measures, (measure) => armFigure(filmed(own) ?? new Map(), { measure })),
    ),
    kinds: rows((own) =>
      defined(kinds, (kind) => armFigure(filmed(own) ?? new Map(), { measure: 'score', kind })),
    ),
    conditions: rows(conditionFigures),
    differences: experiment.differences.flatMap(([first, second]) => {
      const [one, two] = [filmed(answers.get(first)), filmed(answers.get(second))];
      if (one === undefined || two === undefined) return [];
      return {
        title: `${titleOf(second)} − ${titleOf(first)}`,
        seeds: [...one.keys()].filter((seed) => two.has(seed)),
        figures: {
          ...defined(measures, (measure) => armDifference(one, two, { measure })),
          ...defined(kinds, (kind) => armDifference(one, two, { measure: 'score', kind })),
        },
      };
    }),
  };
}

function filmed(answers: ArmAnswers | undefined) {
  return answers?.get('as-filmed');
}

function questionCount(answers: ArmAnswers): number {
  return Math.max(0, ...[...(filmed(answers)?.values() ?? [])].map(({ size }) => size));
}

function conditionFigures(own: ArmAnswers): FigureRow['figures'] {
  const conditions = [...own.keys()] satisfies readonly EvaluationCondition[];
  const byCondition = defined(conditions, (condition) =>
    armFigure(own.get(condition as EvaluationCondition)!, { measure: 'score' }),
  );
  const [swapped, whole] = [own.get('swapped'), filmed(own)];
  const difference = swapped && whole && armDifference(swapped, whole, { measure: 'score' });
  return { ...byCondition, ...(difference && { [OWN_MINUS_OTHER]: difference }) };
}

/** Order of the measures. */
const ORDER = ['score', 'calibrated', 'map', 'hit1', 'format'];

function measuresOf(answers: ReadonlyMap<string, ArmAnswers>): readonly string[] {
  const all = [...answers.values()].flatMap((own) =>
    [...(filmed(own)?.values() ?? [])].flatMap((questions) =>
      [...questions.values()].flatMap(({ values }) => Object.keys(values)),
    ),
  );
  const names = new Set(all);
  const several = [...names].filter((name) => name.includes('@'));
  return [...ORDER.slice(0, 1), ...several, ...ORDER.slice(1)].filter((name) => names.has(name));
}

function defined(
  names: readonly string[],
  figure: (name: string) => CrossedFigure | undefined,
): FigureRow['figures'] {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = figure(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
