/** Vectors of the benchmarks: how each file's rows are read, and what the reference calls the figures of a scorer. */
import {
  captionMatchingRule,
  longVideoBenchScorers,
  sparScorers,
  stiScorers,
  tempCompassScorers,
  videoMmeScorers,
  vsiScorers,
  yesNoOf,
} from '@loci/benchmarks';
import type { ScoreFigure, ScoreTable, ScoredRow } from '@loci/core';
import { z } from 'zod';
import { checkRows, text } from './benchmark-rows.ts';
import type { Check } from './check.ts';
import { checkResult } from './check.ts';
import { EXACT } from './compare.ts';

/** `bench_vsi`: the authors' aggregates are in per cent. */
export const vsi = checkRows({
  scorers: vsiScorers,
  item: (row) => ({
    task: text(row, 'question_type'),
    groups: {},
    answer: text(row, 'ground_truth'),
  }),
  aggregates: {
    official: (rows, scorer) => percentages(vsiTable(scorer.aggregate(rows), 'overall')),
    'spacer-eval': (rows, scorer) => vsiTable(scorer.aggregate(rows), 'overall_accuracy'),
  },
});

/** `bench_sti`. */
export const sti = checkRows({
  scorers: stiScorers,
  item: (row) => ({ task: text(row, 'task'), groups: {}, answer: text(row, 'ground_truth') }),
  aggregates: {
    official: (rows, scorer) => {
      const { headline, sections } = scorer.aggregate(rows);
      return { overall: headline.value, by_task: valuesOf(sections['task']) };
    },
    'spacer-eval': (rows, scorer) => {
      const { headline, sections } = scorer.aggregate(rows);
      const values = { ...valuesOf(sections['task']), ...valuesOf(sections['subset']) };
      return { ...values, overall_accuracy: headline.value };
    },
  },
});

/** `bench_spar`: the authors' aggregate is in per cent. */
export const spar = checkRows({
  scorers: sparScorers,
  item: (row) => ({
    task: text(row, 'task'),
    groups: { imageType: text(row, 'image_type') },
    answer: text(row, 'ground_truth'),
  }),
  aggregates: {
    official: (rows, scorer) => ({ overall: 100 * scorer.aggregate(rows).headline.value }),
    'spacer-eval': (rows, scorer) => ({
      overall: sparTable(scorer.aggregate(rows), (task) => task),
      // The name is a template that was never filled in.
      by_img_type: byGroup(rows, 'imageType', (own) =>
        sparTable(scorer.aggregate(own), (task) =>
          task === 'view_change_infer' ? '{question_type}' : task,
        ),
      ),
    }),
  },
});

/** `bench_videomme`. */
export const videoMme = checkRows({
  scorers: videoMmeScorers,
  item: (row) => ({
    task: text(row, 'task'),
    groups: { duration: text(row, 'duration') },
    answer: text(row, 'ground_truth'),
  }),
  aggregates: {
    official: (rows, scorer) => {
      const { headline } = scorer.aggregate(rows);
      return { answered: headline.count, overall: headline.value };
    },
    'spacer-eval': (rows, scorer) => ({
      ...prefixed(
        'duration_',
        byGroup(rows, 'duration', (own) => accuracies(scorer.aggregate(own))),
      ),
      all_duration_tasks: accuracies(scorer.aggregate(rows)),
    }),
  },
});

/** `bench_longvideobench`. */
export const longVideoBench = checkRows({
  scorers: longVideoBenchScorers,
  item: (row) => ({
    task: text(row, 'question_category'),
    groups: { topic: text(row, 'topic_category') },
    answer: text(row, 'ground_truth'),
  }),
  aggregates: {
    'spacer-eval': (rows, scorer) => {
      const table = scorer.aggregate(rows);
      const { overall_accuracy: overall, ...tasks } = accuracies(table);
      const level = valuesOf(table.sections['level']);
      return {
        overall_accuracy: overall,
        all_duration_tasks: tasks,
        perception_task_accuracy: level['perception'] ?? NaN,
        relation_task_accuracy: level['relation'] ?? NaN,
      };
    },
  },
});

const multipleChoice = checkRows({
  // The solutions of SpaceR's file are tagged, the answers of the authors' are not.
  scorers: (style) => tempCompassScorers(style, 'tagged'),
  item: (row) => ({ task: 'multi-choice', groups: {}, answer: text(row, 'answer') }),
  aggregates: {
    official: (rows, scorer) => ({ overall: scorer.aggregate(rows).headline.value }),
    'spacer-eval': (rows, scorer) => ({
      overall_accuracy: scorer.aggregate(rows).headline.value,
    }),
  },
});

const kindInput = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('multi_choice') }),
  z.object({
    kind: z.literal('caption_matching_rule'),
    question: z.string(),
    answer: z.string(),
    prediction: z.string(),
  }),
  z.object({ kind: z.literal('yes_no_rule'), prediction: z.string() }),
]);

/** `bench_tempcompass`: multiple choice as a whole, the two other rules alone. */
export const tempCompass: Check = (vector) => {
  const { kind } = kindInput.parse(vector.input);
  return kind === 'multi_choice' ? multipleChoice(vector) : singleRule(vector);
};

const singleRule = checkResult(({ input }) => {
  const rule = kindInput.parse(input);
  switch (rule.kind) {
    case 'caption_matching_rule': {
      const verdict = captionMatchingRule(rule.prediction, rule.question, rule.answer);
      return verdict === 'undecided' ? 'fail' : verdict;
    }
    case 'yes_no_rule':
      return yesNoOf(rule.prediction) ?? false;
    default:
      throw new Error(`"${rule.kind}" is no single rule`);
  }
}, EXACT);

const MRA_TYPES = /_(?:counting|abs_distance|size_estimation)$|^(?:depth|distance)_prediction/u;

/** The reference names a figure by its task and its metric. */
function metricName(task: string): string {
  if (MRA_TYPES.test(task)) return `${task}_MRA:.5:.95:.05`;
  return task === 'view_change_infer' || task === '{question_type}'
    ? `${task}_vci_metric`
    : `${task}_accuracy`;
}

function vsiTable(
  { headline, sections }: ScoreTable,
  overall: string,
): Readonly<Record<string, number>> {
  return { [overall]: headline.value, ...renamed(sections['task'], metricName) };
}

function sparTable(
  { headline, sections }: ScoreTable,
  name: (task: string) => string,
): Readonly<Record<string, number>> {
  return {
    ...renamed(sections['task'], (task) => metricName(name(task))),
    overall_accuracy: headline.value,
    ...valuesOf(sections['level']),
  };
}

function accuracies({ headline, sections }: ScoreTable): Readonly<Record<string, number>> {
  return {
    ...renamed(sections['task'], (task) => `${task}_accuracy`),
    overall_accuracy: headline.value,
  };
}

type Section = Readonly<Record<string, ScoreFigure>> | undefined;

function renamed(
  section: Section,
  name: (key: string) => string,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(section ?? {}).map(([key, { value }]) => [name(key), value]),
  );
}

function valuesOf(section: Section): Readonly<Record<string, number>> {
  return renamed(section, (key) => key);
}

function prefixed<T>(
  prefix: string,
  record: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [prefix + key, value]));
}

function percentages(values: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, 100 * value]));
}

function byGroup<T>(
  rows: readonly ScoredRow[],
  group: string,
  summarize: (rows: readonly ScoredRow[]) => T,
): Readonly<Record<string, T>> {
  const keys = new Set(rows.flatMap(({ item }) => item.groups[group] ?? []));
  return Object.fromEntries(
    [...keys].map((key) => [key, summarize(rows.filter(({ item }) => item.groups[group] === key))]),
  );
}
