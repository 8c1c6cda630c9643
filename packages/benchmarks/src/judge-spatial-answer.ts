import {
  LociError,
  countInstances,
  countPlaced,
  extractAnswer,
  extractMapText,
  extractSolution,
  isWellFormed,
  mapAccuracy,
  mapTooLarge,
  meanRelativeAccuracy,
  parseCognitiveMap,
  readNumber,
  readSceneMap,
  readTrueNumber,
  scoreMap,
  scoreSceneMap,
} from '@loci/core';
import type { CognitiveMap, SceneMap, ScorableItem, Verdict } from '@loci/core';

/**
 * Judges one completion: the last answer after the thinking against the true one, and the map that was drawn.
 *
 * @throws LociError `sample-invalid` when the record's own answer cannot be read.
 */
export function judgeSpatialAnswer(item: ScorableItem, completion: string): Verdict {
  const answer = extractAnswer(completion);
  const measures = {
    format: isWellFormed(completion) ? 1 : 0,
    ...(item.map && mapMeasures(completion, item.map, item)),
    ...(item.sceneMap && sceneMapMeasures(completion, item.sceneMap)),
  };
  if (answer === undefined || answer === '') {
    const reason = answer === '' ? 'empty answer' : 'no answer tag';
    return { score: 0, answered: false, counted: true, measures, reason };
  }
  return { normalised: answer, counted: true, measures, ...scoreAnswer(item, answer) };
}

function scoreAnswer(
  item: ScorableItem,
  answer: string,
): Pick<Verdict, 'score' | 'answered' | 'reason'> {
  const truth = extractSolution(item.answer);
  if (truth === undefined) throw invalid(item, 'it has no answer');
  if (item.options.length > 0) return { score: answer === truth ? 1 : 0, answered: true };
  const target = readTrueNumber(truth);
  if (target === undefined) throw invalid(item, `"${truth}" is not a number`);
  const number = readNumber(answer);
  if (number === undefined) return { score: 0, answered: false, reason: 'no number in the answer' };
  return { score: meanRelativeAccuracy(number, target), answered: true };
}

/** A drawn map that is too large scores 0. */
function mapMeasures(
  completion: string,
  truth: CognitiveMap,
  item: ScorableItem,
): Readonly<Record<string, number>> {
  if (countInstances(truth) === 0) return {};
  const excess = mapTooLarge(truth, 'its true map');
  if (excess !== undefined) throw invalid(item, excess);
  const imagined = parseCognitiveMap(extractMapText(completion) ?? '', Object.keys(truth));
  if (mapTooLarge(imagined, 'the map') !== undefined) return { map: 0, hit1: 0 };
  return {
    map: Object.keys(imagined).length === 0 ? 0 : scoreMap(imagined, truth),
    hit1: mapAccuracy(imagined, truth).withinOneCell ?? 0,
  };
}

/** The score of a map in another form; 0 where none was drawn. */
function sceneMapMeasures(completion: string, truth: SceneMap): Readonly<Record<string, number>> {
  if (countPlaced(truth) === 0) return {};
  const imagined = readSceneMap(completion, truth.format);
  return { map: 'fault' in imagined ? 0 : (scoreSceneMap(imagined, truth)?.score ?? 0) };
}

function invalid(item: ScorableItem, reason: string): LociError {
  return new LociError('sample-invalid', `The solution of ${item.id} cannot be judged: ${reason}`);
}
