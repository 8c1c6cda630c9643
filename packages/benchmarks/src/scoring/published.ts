/** Short constructors for published scores: from the authors' own tables, from others', or unverified. */
import type { PublishedScore, Reliability } from '@loci/core';

type Details = Pick<PublishedScore, 'tasks' | 'settings'>;

function published(reliability: Reliability) {
  return (model: string, percent: number, source: string, details: Details = {}) =>
    ({ model, percent, ...details, source, reliability }) satisfies PublishedScore;
}

/** Read by us in a primary source, or derived from one by arithmetic. */
export const primary = published('primary');

/** Another paper's table, a leaderboard, a comment. */
export const secondary = published('secondary');

/** A score that could not be verified. */
export const unverified = published('unverified');

/** The source of a figure that several third parties report. */
export const TABLES = 'third-party tables';
