/**
 * Completions like those of a model in training: about 500 tokens of thinking, a map of 8 to 12 categories in one of the usual notations,
 * and an answer. Some maps are right, most are near, and some answers are missing.
 */
import { formatCognitiveMap, randomStream } from '@loci/core';
import type { Cell, CognitiveMap, RandomStream, Sample, ScoredText } from '@loci/core';

/** One question with its completions. */
export interface BenchGroup {
  readonly sample: Sample;
  readonly completions: readonly ScoredText[];
}

const CATEGORIES = [
  ...[
    'bed',
    'bookshelf',
    'ceiling light',
    'chair',
    'desk',
    'door',
    'lamp',
    'monitor',
    'plant',
    'radiator',
  ],
  ...['sofa', 'stove', 'table', 'trash bin', 'tv', 'washer', 'whiteboard', 'window'],
];
const PHRASES = [
  'let me watch the video again from the start',
  'the camera enters by the door and turns slowly to the left',
  'wait, the lamp that I saw before may be the same one',
  'so it stands about two cells from the wall',
  'hmm, then the window must be behind the sofa',
  'the table is close to the middle of the room',
  'that makes 3 of them, not 2, I think',
  'I should check this against the next frames',
];
const LETTERS = 'ABCD';
const THINKING_CHARACTERS = 1_900;

/** Groups that depend only on the arguments. */
export function benchGroups(groups: number, size: number, seed = 1): readonly BenchGroup[] {
  const random = randomStream(seed);
  return Array.from({ length: groups }, (_, index) => {
    const map = randomMap(random);
    const sample = askAbout(map, index, random);
    const completions = Array.from({ length: size }, () => complete(sample, map, random));
    return { sample, completions };
  });
}

function whole(random: RandomStream, most: number): number {
  return Math.floor(random() * most);
}

function pick<Item>(random: RandomStream, items: readonly Item[]): Item {
  return items[whole(random, items.length)]!;
}

function randomMap(random: RandomStream): CognitiveMap {
  const names = new Set<string>();
  const count = 8 + whole(random, 5);
  while (names.size < count) names.add(pick(random, CATEGORIES));
  // Questions are about the first five, so each of these has one instance.
  return Object.fromEntries(
    Array.from(names, (name, index) => {
      const instances = index < 5 ? 1 : 1 + whole(random, 3);
      const cells = Array.from({ length: instances }, (): Cell => [
        whole(random, 10),
        whole(random, 10),
      ]);
      return [name, cells];
    }),
  );
}

/** Each kind of question that a map answers, and one that it does not. */
function askAbout(map: CognitiveMap, index: number, random: RandomStream): Sample {
  const [a, b, c, d, e] = Object.keys(map) as [string, string, string, string, string];
  const numbers = [
    [`How many ${a}(s) are in this room?`, '1'],
    [`how many metres is the ${a} away from the ${b}?`, (1 + 4 * random()).toFixed(1)],
    ['What is the size of this room (in square meters)?', (12 + 30 * random()).toFixed(1)],
  ] as const;
  const facing = `If I am standing by the ${a} and facing the ${b}, is the ${c} to my front-left, front-right, back-left, or back-right?`;
  const choices = [
    [`which is closest to the ${a}?`, [b, c, d, e]],
    [facing, ['front-left', 'front-right', 'back-left', 'back-right']],
  ] as const;
  const common = {
    id: `sample-${index}`,
    media: [{ kind: 'video', path: `videos/scene${index}.mp4` }],
    source: 'SR_dataset',
    map,
  } as const;
  if (index % 5 < 3) {
    const [problem, truth] = numbers[index % 5]!;
    const solution = `<answer>${truth}</answer>`;
    return { ...common, problem, options: [], problemType: 'numerical', solution };
  }
  const [problem, words] = choices[(index % 5) - 3]!;
  const options = words.map((word, place) => `${LETTERS[place]!}. ${word}`);
  const solution = `<answer>${pick(random, [...LETTERS])}</answer>`;
  return { ...common, problem, options, problemType: 'multiple choice', solution };
}

function complete(sample: Sample, map: CognitiveMap, random: RandomStream): ScoredText {
  let thinking = '';
  while (thinking.length < THINKING_CHARACTERS) thinking += `${pick(random, PHRASES)}. `;
  const drawn = `<map>${writeMap(imagine(map, random), random)}</map>`;
  const numeric = sample.problemType === 'numerical';
  const given = numeric ? `${(5 * random()).toFixed(1)} m` : pick(random, [...LETTERS]);
  const answer = random() < 0.03 ? '' : `<answer>${given}</answer>`;
  const text = `<think>${thinking}${drawn} ${pick(random, PHRASES)}</think>\n${answer}`;
  return { text, tokenCount: 300 + whole(random, 300), finishReason: 'stop' };
}

/** Moves points by up to two cells, leaves some out and invents some. */
function imagine(map: CognitiveMap, random: RandomStream): CognitiveMap {
  const moved = (value: number) => Math.min(9, Math.max(0, value + whole(random, 5) - 2));
  return Object.fromEntries(
    Object.entries(map).map(([name, cells]) => [
      name,
      cells.flatMap(([x, y]): readonly Cell[] => {
        const point: Cell = [moved(x), moved(y)];
        const draw = random();
        return draw < 0.05 ? [] : draw > 0.95 ? [point, [whole(random, 10), 5]] : [point];
      }),
    ]),
  );
}

/** Writes most maps as JSON, many as Python, and a few as a list. */
function writeMap(map: CognitiveMap, random: RandomStream): string {
  const draw = random();
  if (draw < 0.6) return formatCognitiveMap(map);
  const entries = Object.entries(map);
  const points = (cells: readonly Cell[]) => cells.map(([x, y]) => `(${x}, ${y})`).join(', ');
  if (draw < 0.95) {
    return `{\n${entries.map(([name, cells]) => `  '${name}': [${points(cells)}],`).join('\n')}\n}`;
  }
  return entries.map(([name, cells]) => `${name}: ${points(cells)}`).join('\n');
}
