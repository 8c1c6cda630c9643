/** Completions to try rewards on, made from a sample: what is right, what is wrong, what is garbage, and what is odd. */
import { extractSolution } from '../spatial/answer/answer.ts';
import { formatCognitiveMap } from '../spatial/map/read/cognitive-map.ts';
import { trueMapText } from '../spatial/scene-map/format.ts';
import { readNumber } from '../spatial/answer/numbers.ts';
import type { CognitiveMap, Sample, ScoredText } from '../spec/index.ts';

/** A completion around a text; it ends by itself, and has a token for four characters and the end token. */
export function asCompletion(text: string): ScoredText {
  return { text, tokenCount: Math.ceil(text.length / 4) + 1, finishReason: 'stop' };
}

/** The right completion: the sample's own demonstration, or its true map and answer in the required form. */
export function goldText(sample: Sample): string {
  const { demonstration, solution } = sample;
  return demonstration ?? completionText(trueMapText(sample), extractSolution(solution) ?? '');
}

/** The required form with a wrong answer, and a map whose counts are right and whose cells are not. */
export function wrongText(sample: Sample): string {
  const drawn = sample.map && formatCognitiveMap(scattered(sample.map));
  return completionText(drawn, wrongAnswer(sample));
}

/** Texts without sense, which no reward for being right may reward. */
export function garbageTexts({ problemType }: Sample): readonly string[] {
  const numeric = problemType === 'numerical' || problemType === 'regression';
  return ['', 'zq zq zq', '</answer><answer></map><map>', ...(numeric ? [NOT_A_NUMBER] : [])];
}

const NOT_A_NUMBER = '<answer>nan</answer>';

/** Short texts that a careless parser breaks on. */
export const ODD_TEXTS: readonly string[] = [
  '',
  ' \n\t ',
  '<answer>',
  '</answer><answer>',
  '<think><answer><map></think></answer></map>',
  '<answer></answer>',
  '<map></map><answer> </answer>',
  '{"map": [[',
  '<map>{"chair": [[1, 2], [3</map>',
  '<map>{"__proto__": [[1, 2]], "constructor": 3}</map><answer>__proto__</answer>',
  '\u0000\ud800 \udfff<answer>\ud800</answer>',
  '<answer>\u{1f6cb} \u05d0 \u0661\u0662\u0663</answer>',
  '<answer>-1e999</answer>',
  `<answer>${'9'.repeat(400)}</answer>`,
];

/** Length of the long texts, in characters. */
const LONG = 100_000;

/** Texts of 100,000 characters, which a careless expression takes minutes for. */
export const LONG_TEXTS: readonly string[] = [
  'x'.repeat(LONG),
  ' '.repeat(LONG),
  '<answer>'.repeat(LONG / 8),
  `<answer>${'1 '.repeat(LONG / 2)}</answer>`,
  `<map>${'['.repeat(LONG)}</map>`,
  `<map>${'{"chair": [[1, 2], '.repeat(LONG / 20)}</map>`,
];

function completionText(map: string | undefined, answer: string): string {
  const drawn = map === undefined ? '' : `<map>${map}</map> `;
  return `<think>${drawn}That is what the video shows.</think><answer>${answer}</answer>`;
}

function wrongAnswer({ problemType, solution, options }: Sample): string {
  const truth = extractSolution(solution) ?? '';
  switch (problemType) {
    case 'multiple choice': {
      const letters = options.map((option) => option.charAt(0));
      return [...letters, 'A', 'B'].find((letter) => letter !== truth)!;
    }
    case 'numerical':
    case 'regression':
      return String(Math.abs(readNumber(truth) ?? 1) * 4 + 7);
    default:
      return 'zq zq zq';
  }
}

/** As many instances of each category, on cells that have nothing to do with the true ones. */
function scattered(map: CognitiveMap): CognitiveMap {
  let instance = 0;
  return Object.fromEntries(
    Object.entries(map).map(([category, cells]) => [
      category,
      cells.map(([x, y]) => {
        instance++;
        return [(3 * x + 7 * instance) % 10, (7 * y + 3 * instance + 5) % 10] as const;
      }),
    ]),
  );
}
