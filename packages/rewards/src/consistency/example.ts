/** Constructs a consistent completion, to test the reward without the true answer of a sample. */
import { formatCognitiveMap } from '@loci/core';
import type { Cell } from '@loci/core';
import { answerFromMap } from './answer-from-map.ts';
import type { MapReading } from './answer-from-map.ts';
import type { MapQuestion } from './question.ts';

/** A consistent completion; `undefined` when no option has the answer of its map. */
export function consistentCompletion(
  question: MapQuestion,
  reading: MapReading,
): string | undefined {
  const map = mapFor(question);
  const byMap = answerFromMap(question, new Map(Object.entries(map)), reading);
  if ('open' in byMap) return undefined;
  const answer = 'count' in byMap ? byMap.count : 'most' in byMap ? byMap.most : letter(byMap.word);
  if (answer === undefined) return undefined;
  return `<think><map>${formatCognitiveMap(map)}</map></think><answer>${answer}</answer>`;

  function letter(word: string): string | undefined {
    return 'options' in question
      ? question.options.find(({ name }) => name === word)?.letter
      : undefined;
  }
}

function mapFor(question: MapQuestion): Readonly<Record<string, readonly Cell[]>> {
  switch (question.asks) {
    case 'count':
      return {
        [question.category]: [
          [2, 3],
          [7, 1],
        ],
      };
    case 'closest':
      return {
        ...Object.fromEntries(question.options.map(({ name }, index) => [name, [[index + 1, 0]]])),
        [question.anchor]: [[0, 0]],
      };
    case 'direction':
      return {
        [question.observer]: [[5, 5]],
        [question.faced]: [[5, 8]],
        [question.target]: [[3, 7]],
      };
    case 'distance':
      return { [question.from]: [[1, 1]], [question.to]: [[4, 5]] };
    default:
      return question satisfies never;
  }
}
