import { pythonSplit } from '@loci/core';

/**
 * Word error rate: the fewest words to insert, delete or replace, divided by the words of the reference (at least 1). It has no upper bound:
 * with an empty reference it is the number of words in the hypothesis.
 */
export function wordErrorRate(reference: string, hypothesis: string): number {
  const truth = pythonSplit(reference);
  return editDistance(truth, pythonSplit(hypothesis)) / Math.max(1, truth.length);
}

/** Levenshtein distance of two lists, one row at a time. */
export function editDistance(truth: readonly string[], other: readonly string[]): number {
  const row = Uint32Array.from({ length: truth.length + 1 }, (_, index) => index);
  for (const [otherIndex, word] of other.entries()) {
    let diagonal = row[0]!;
    row[0] = otherIndex + 1;
    for (let index = 0; index < truth.length; index++) {
      const above = row[index + 1]!;
      const replaced = diagonal + (word === truth[index] ? 0 : 1);
      row[index + 1] = Math.min(replaced, above + 1, row[index]! + 1);
      diagonal = above;
    }
  }
  return row[truth.length]!;
}
