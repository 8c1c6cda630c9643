/** Published scores in few words: read in the authors' own tables, in somebody else's, or not verified. */
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

/** Not to be verified. */
export const unverified = published('unverified');

/** Where several third parties report a figure. */
export const TABLES = 'third-party tables';
