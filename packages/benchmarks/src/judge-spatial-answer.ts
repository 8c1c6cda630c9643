import {
  LociError,
  countInstances,
  extractAnswer,
  extractMapText,
  extractSolution,
  isWellFormed,
  mapAccuracy,
  meanRelativeAccuracy,
  parseCognitiveMap,
  readNumber,
  scoreMap,
} from '@loci/core';
import type { CognitiveMap, Sample, Verdict } from '@loci/core';

/**
 * Judges one completion: the last answer after the thinking against the true one, and the map that was drawn.
 *
 * @throws LociError `sample-invalid` when the record's own answer cannot be read.
 */
export function judgeSpatialAnswer(sample: Sample, completion: string): Verdict {
  const answer = extractAnswer(completion);
  const measures = {
    format: isWellFormed(completion) ? 1 : 0,
    ...(sample.map && mapMeasures(completion, sample.map)),
  };
  if (answer === undefined || answer === '') {
    return { score: 0, measures, reason: answer === '' ? 'empty answer' : 'no answer tag' };
  }
  return { answer, measures, ...scoreAnswer(sample, answer) };
}

function scoreAnswer(sample: Sample, answer: string): Pick<Verdict, 'score' | 'reason'> {
  const truth = extractSolution(sample.solution);
  if (truth === undefined) throw invalid(sample, 'it has no answer');
  if (sample.problemType !== 'numerical') return { score: answer === truth ? 1 : 0 };
  const target = readNumber(truth);
  if (target === undefined) throw invalid(sample, `"${truth}" is no number`);
  const number = readNumber(answer);
  if (number === undefined) return { score: 0, reason: 'no number in the answer' };
  return { score: meanRelativeAccuracy(number, target) };
}

function mapMeasures(completion: string, truth: CognitiveMap): Readonly<Record<string, number>> {
  if (countInstances(truth) === 0) return {};
  const imagined = parseCognitiveMap(extractMapText(completion) ?? '', Object.keys(truth));
  return {
    map: Object.keys(imagined).length === 0 ? 0 : scoreMap(imagined, truth),
    hit1: mapAccuracy(imagined, truth).withinOneCell ?? 0,
  };
}

function invalid(sample: Sample, reason: string): LociError {
  return new LociError(
    'sample-invalid',
    `The solution of ${sample.id} cannot be judged: ${reason}`,
  );
}
