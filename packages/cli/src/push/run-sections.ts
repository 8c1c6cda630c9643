/** Sections of a card about its run: scores, settings, rewards and data. */
import { mixedEntries, readEvaluationsOfRun } from '@loci/core';
import type { PartConfig, RunConfig } from '@loci/core';
import type { CardSection, CardTable } from '@loci/hub';
import { comparisonTable, reportTable } from '../render/evaluation-rows.ts';
import type { Neutral } from './neutral-text.ts';
import { optionText } from './neutral-text.ts';

/** Parts of a config that have a table of their own, or do not affect the result. */
const ELSEWHERE: readonly string[] = ['rewards', 'dataset', 'sinks', 'alerts', 'benchmark'];

/** Scores before and after training on held-out questions, with intervals; none where the run was not evaluated. */
export function scoresOfRun(run: string): readonly CardTable[] {
  const { before, after, comparison } = readEvaluationsOfRun(run);
  if (before && after && comparison) return [comparisonTable(before, after, comparison)];
  const only = after ?? before;
  return only === undefined ? [] : [reportTable(only)];
}

/** The settings, one row per key. */
export function settingsTable(config: RunConfig, neutral: Neutral): CardTable {
  const rows = Object.entries(config)
    .filter(([key]) => !ELSEWHERE.includes(key))
    .flatMap(([key, value]) => flat(key, value, neutral));
  return { header: ['setting', 'value'], rows };
}

function flat(key: string, value: unknown, neutral: Neutral): readonly (readonly string[])[] {
  const isBranch = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isBranch) return value === undefined ? [] : [[key, optionText(value, neutral)]];
  return Object.entries(value).flatMap(([name, below]) => flat(`${key}.${name}`, below, neutral));
}

/** The rewards, one row each. */
export function rewardsTable({ rewards }: RunConfig, neutral: Neutral): CardTable {
  return {
    header: ['reward', 'weight', 'options'],
    rows: rewards.map(({ use, weight, options }) => [
      optionText(use, neutral),
      typeof weight === 'number' ? `${weight}` : JSON.stringify(weight),
      Object.entries(options)
        .map(([key, value]) => `${key}: ${optionText(value, neutral)}`)
        .join(', ') || 'none',
    ]),
  };
}

/** The datasets that a run trains on. */
export function datasetsOf(config: RunConfig): readonly PartConfig[] {
  const mixed = mixedEntries(config);
  return mixed.length > 0 ? mixed : [config.dataset];
}

/** The datasets, one row each. */
export function dataTable(config: RunConfig, neutral: Neutral): CardTable {
  return {
    header: ['data set', 'options'],
    rows: datasetsOf(config).map(({ use, ...options }) => [
      optionText(use, neutral),
      Object.entries(options)
        .map(([key, value]) => `${key}: ${optionText(value, neutral)}`)
        .join(', ') || 'none',
    ]),
  };
}

/** Commands that use a published model. */
export function usageSection(repository: string): CardSection {
  return {
    title: 'Use',
    code: [
      `loci ask hub:${repository} VIDEO.mp4 "How many chairs are there?"`,
      `loci evaluate --policy hub:${repository} --benchmark vsi-bench --data hub:nyu-visionx/VSI-Bench`,
    ],
  };
}
