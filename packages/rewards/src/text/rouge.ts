/** ROUGE-1, ROUGE-2 and ROUGE-L F-measures (C.-Y. Lin, 2004), tokenised and stemmed as the usual package does. */
import { stem } from './porter-stemmer.ts';

/** F-measures, 0…1. */
export interface RougeScores {
  readonly rouge1: number;
  readonly rouge2: number;
  /** Longest common subsequence over the whole text. */
  readonly rougeL: number;
}

/** Compares a hypothesis with the true text. Text without ASCII letters and digits has no tokens and scores 0. */
export function rouge(reference: string, hypothesis: string): RougeScores {
  const truth = tokens(reference);
  const said = tokens(hypothesis);
  const common = longestCommonSubsequence(truth, said);
  return {
    rouge1: overlap(ngrams(truth, 1), ngrams(said, 1)),
    rouge2: overlap(ngrams(truth, 2), ngrams(said, 2)),
    rougeL: fMeasure(common, truth.length, said.length),
  };
}

/** Lower case, everything but a–z and 0–9 separates, words of more than three characters are stemmed. */
function tokens(text: string): readonly string[] {
  const words = text.toLowerCase().match(/[a-z0-9]+/gu) ?? [];
  return words.map((word) => (word.length > 3 ? stem(word) : word)).filter((word) => word !== '');
}

function ngrams(words: readonly string[], size: number): readonly string[] {
  return Array.from({ length: Math.max(words.length - size + 1, 0) }, (_, start) =>
    words.slice(start, start + size).join(' '),
  );
}

/** F-measure of two bags. */
function overlap(truth: readonly string[], said: readonly string[]): number {
  const left = new Map<string, number>();
  for (const gram of truth) left.set(gram, (left.get(gram) ?? 0) + 1);
  let common = 0;
  for (const gram of said) {
    const count = left.get(gram) ?? 0;
    if (count === 0) continue;
    left.set(gram, count - 1);
    common++;
  }
  return fMeasure(common, truth.length, said.length);
}

function fMeasure(common: number, truth: number, said: number): number {
  if (common === 0) return 0;
  const precision = common / said;
  const recall = common / truth;
  return (2 * precision * recall) / (precision + recall);
}

function longestCommonSubsequence(truth: readonly string[], said: readonly string[]): number {
  const row = new Uint32Array(truth.length + 1);
  for (const word of said) {
    let diagonal = 0;
    truth.forEach((other, index) => {
      const above = row[index + 1]!;
      row[index + 1] = word === other ? diagonal + 1 : Math.max(above, row[index]!);
      diagonal = above;
    });
  }
  return row[truth.length]!;
}
