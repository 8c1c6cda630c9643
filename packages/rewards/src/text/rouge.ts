/**
 * ROUGE-1, ROUGE-2 and ROUGE-L F-measures (C.-Y. Lin, 2004), tokenized and stemmed like the usual package. The words of the true text are
 * numbered, and the hypothesis becomes a list of these numbers. A word that the truth does not have adds only to the length.
 */
import { Vocabulary } from './vocabulary.ts';

/** F-measures, 0…1. */
export interface RougeScores {
  readonly rouge1: number;
  readonly rouge2: number;
  /** Longest common subsequence over the whole text. */
  readonly rougeL: number;
}

/**
 * Compares a hypothesis with the true text. Text without ASCII letters and digits has no tokens and scores 0.
 *
 * Time and memory: linear in the hypothesis, times the words of the truth for the common subsequence.
 */
export function rouge(reference: string, hypothesis: string): RougeScores {
  const vocabulary = new Vocabulary(reference);
  const truth = vocabulary.numbered(reference);
  const other = vocabulary.numbered(hypothesis);
  const pairsOf = (words: Int32Array) => numberedPairs(words, vocabulary.size);
  return {
    rouge1: overlap(truth, other),
    rouge2: overlap(pairsOf(truth), pairsOf(other)),
    rougeL: fMeasure(longestCommonSubsequence(truth, other), truth.length, other.length),
  };
}

/** Pairs of neighboring words as one number; -1 for a pair with a word that the truth does not have. */
function numberedPairs(words: Int32Array, vocabularySize: number): Float64Array {
  const pairs = new Float64Array(Math.max(words.length - 1, 0));
  for (let index = 0; index < pairs.length; index++) {
    const first = words[index]!;
    const second = words[index + 1]!;
    pairs[index] = first < 0 || second < 0 ? -1 : first * vocabularySize + second;
  }
  return pairs;
}

/** F-measure of two bags of numbers. Numbers below 0 are only in the second bag. */
function overlap(truth: Int32Array | Float64Array, other: Int32Array | Float64Array): number {
  const left = new Map<number, number>();
  for (const gram of truth) left.set(gram, (left.get(gram) ?? 0) + 1);
  let common = 0;
  for (const gram of other) {
    const count = gram < 0 ? 0 : (left.get(gram) ?? 0);
    if (count === 0) continue;
    left.set(gram, count - 1);
    common++;
  }
  return fMeasure(common, truth.length, other.length);
}

function fMeasure(common: number, truth: number, other: number): number {
  if (common === 0) return 0;
  const precision = common / other;
  const recall = common / truth;
  return (2 * precision * recall) / (precision + recall);
}

/** Length of the longest common subsequence. Words that the truth does not have are skipped. */
function longestCommonSubsequence(truth: Int32Array, other: Int32Array): number {
  const row = new Uint32Array(truth.length + 1);
  for (const word of other) {
    if (word < 0) continue;
    let diagonal = 0;
    for (let index = 0; index < truth.length; index++) {
      const above = row[index + 1]!;
      const longest = word === truth[index] ? diagonal + 1 : Math.max(above, row[index]!);
      row[index + 1] = longest;
      diagonal = above;
    }
  }
  return row[truth.length]!;
}
