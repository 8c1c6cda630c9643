/**
 * Worked completions to imitate: the true map, steps that copy the entries they need in the map's own form and spell out every
 * small computation, and the answer.
 */
import { formatCognitiveMap, type CognitiveMap } from '@loci/core';

/** The parts of a demonstration. */
export interface DemonstrationParts {
  readonly map: CognitiveMap;
  /** Steps from the map to the answer in words. */
  readonly steps: string;
  /** The right option with its letter, `A. left`; absent for numbers. */
  readonly option?: string;
  /** The text in the answer tags. */
  readonly answer: string;
}

/** Longest allowed demonstration with its steps in words; longer ones need a room with fewer things. Letters in the steps add up to three. */
export const MOST_DEMONSTRATION_WORDS = 108;

const TAGS = /(<\/?(?:think|map|answer)>)/;
const WORDS = /[a-z]+|\[\[|\]\]|\],\[|":|,"|./g;

/** Length of a text in the pieces of a word-level tokenizer: tags, words, the brackets of maps, and every other sign. */
export function wordCount(text: string): number {
  return text
    .split(TAGS)
    .reduce((sum, piece) => sum + (TAGS.test(piece) ? 1 : (piece.match(WORDS)?.length ?? 0)), 0);
}

/**
 * The text of a demonstration.
 *
 * @example
 * demonstrationOf({ map: { chair: [[2, 4], [7, 1]] }, steps: '"chair":[[2,4],[7,1]] 2', answer: '2' });
 * // <think><map>{"chair":[[2,4],[7,1]]}</map> "chair":[[2,4],[7,1]] 2</think><answer>2</answer>
 */
export function demonstrationOf({ map, steps, option, answer }: DemonstrationParts): string {
  const choice = option === undefined ? '' : ` ${option}`;
  return `<think><map>${formatCognitiveMap(map)}</map> ${steps}${choice}</think><answer>${answer}</answer>`;
}

/**
 * A mark for every option: 1 where it says the answer, 0 where not. A letter that is looked up by words of which each comes in several
 * options is hard to learn; a mark compares one option with the answer, and the letter is that of the 1.
 *
 * @example marksOf(['A. back left', 'B. front left'], 'front left') // 'A0B1'
 */
export function marksOf(options: readonly string[], answer: string): string {
  return options.map((option) => `${option[0]!}${option.slice(3) === answer ? 1 : 0}`).join('');
}

/**
 * Goes through the options up to the right one, each as far as its words agree with the answer: 1 behind a word that does, 0 behind the first
 * that does not. Words of options are easy to copy behind their letter, and then stand beside those of the answer. The last word follows
 * from the others, where the options are orders of the same words.
 *
 * @example walkOf(['A. bed, table, tv', 'B. table, tv, bed', 'C. tv, bed, table'], 'table, tv, bed') // 'A.bed0B.table1tv1'
 */
export function walkOf(options: readonly string[], answer: string): string {
  const wanted = wordsOf(answer).slice(0, -1);
  const right = options.findIndex((option) => option.slice(3) === answer);
  return options
    .slice(0, right + 1)
    .map((option) => {
      const words = wordsOf(option.slice(3));
      const agreeing = wanted.findIndex((word, at) => word !== words[at]);
      const shown = agreeing < 0 ? wanted.length : agreeing + 1;
      const marked = words
        .slice(0, shown)
        .map((word, at) => `${word}${word === wanted[at] ? 1 : 0}`);
      return `${option[0]!}.${marked.join('')}`;
    })
    .join('');
}

const wordsOf = (order: string): readonly string[] => order.split(', ');
