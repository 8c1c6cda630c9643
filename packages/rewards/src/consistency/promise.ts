/** What a drawn map promises: the score of the answer that follows from it. */
import { extractAnswer, readNumber } from '@loci/core';
import type { Sample } from '@loci/core';
import type { Judge } from '../judges/judge.ts';
import { answerFromMap, namesOf } from './answer-from-map.ts';
import type { MapAnswer, MapReading } from './answer-from-map.ts';
import { readImaginedMap } from './imagined-map.ts';
import { whyUndetermined } from './map-reading.ts';
import { readQuestion } from './question.ts';
import type { MapQuestion } from './question.ts';

/** The promise of the map of a completion, 0…1; undefined where the map leaves the question open. */
export type PromiseReader = (text: string) => number | undefined;

/** A reader of what maps promise for the question of a sample; undefined where no map answers it. @param judge of its answers. */
export function promiseReader(
  sample: Sample,
  reading: MapReading,
  judge: Judge,
): PromiseReader | undefined {
  const question = readQuestion(sample);
  if (question === undefined) return undefined;
  if (whyUndetermined(question, { ...reading, fromSurface: 'abstain' }) !== undefined) {
    return undefined;
  }
  return (text) => {
    const map = readImaginedMap(text, namesOf(question));
    if ('problem' in map) return undefined;
    const promised = inWords(answerFromMap(question, map, reading), text, question);
    return promised === undefined ? undefined : judge(promised).value;
  };
}

/**
 * The answer of a map as a completion would give it. Cells leave a range of distances open; of these it is the one closest to the
 * completion's own answer, so that reading a distance more finely than cells allow breaks no promise.
 */
function inWords(byMap: MapAnswer, text: string, question: MapQuestion): string | undefined {
  if ('open' in byMap) return undefined;
  if ('count' in byMap) return String(byMap.count);
  if ('word' in byMap) {
    const options = 'options' in question ? question.options : [];
    return options.find(({ name }) => name === byMap.word)?.letter;
  }
  const { least, most } = byMap;
  const given = readNumber(extractAnswer(text) ?? '') ?? (least + most) / 2;
  return String(Math.min(most, Math.max(least, given)));
}
