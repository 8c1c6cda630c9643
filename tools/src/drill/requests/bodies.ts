/** Bodies that nobody should send to a reward server, made from a seed, and the ordinary ones that they are bent from. */
import type { RandomStream } from '@loci/core';
import { oneOf, wholeBetween } from '../base/random.ts';

/** A body, and where it goes. */
export interface HostileBody {
  /** What kind of body it is. */
  readonly kind: string;
  readonly path: '/score' | '/' | '/get_reward';
  readonly body: string | Buffer;
}

const SAMPLE = {
  problemType: 'numerical',
  solution: '<answer>4</answer>',
  map: { chair: [[1, 2]], table: [[5, 5]] },
};
const GOOD =
  "<think>I count. <map>{'chair': [[1, 2]], 'table': [[5, 5]]}</map></think><answer>4</answer>";

/** What an ordinary request asks, and what it must be answered with: full marks for the first text, none for the second. */
export const ORDINARY = {
  body: JSON.stringify({
    items: [{ sample: SAMPLE, completions: [{ text: GOOD }, { text: 'There are four.' }] }],
  }),
  rewards: [3, 0],
} as const;

const openRlhf = (query: unknown, label: unknown): string =>
  JSON.stringify({ query: [query], prompts: ['How many?'], labels: [label] });

const scoring = (text: string, sample: object = SAMPLE): string =>
  JSON.stringify({ items: [{ sample, completions: [{ text }] }] });

/** Values that a parser may stumble over. */
const ODD: readonly unknown[] = [
  ...[null, true, -0, 1e308, -1e-320, 2 ** 53, '', ' ', '\u0000', '\ud800', 'NaN', '__proto__'],
  ...[[], {}, [[[]]], { toString: 1 }, { length: 1e9 }, '<answer>', '\u202e<think>'],
];

type Make = (random: RandomStream) => Omit<HostileBody, 'kind'>;

const noise: Make = (random) => ({
  path: '/score',
  body: Buffer.from(Array.from({ length: wholeBetween(random, 1, 4000) }, () => random() * 256)),
});

const cut: Make = (random) => ({
  path: '/score',
  body: ORDINARY.body.slice(0, wholeBetween(random, 0, ORDINARY.body.length - 1)),
});

const flipped: Make = (random) => {
  const bytes = Buffer.from(ORDINARY.body);
  for (let flips = wholeBetween(random, 1, 8); flips > 0; flips--) {
    bytes[wholeBetween(random, 0, bytes.length - 1)] = wholeBetween(random, 0, 255);
  }
  return { path: '/score', body: bytes };
};

const swapped: Make = (random) => {
  const replace = (value: unknown): unknown => {
    if (random() < 0.15) return oneOf(random, ODD);
    if (Array.isArray(value)) return value.map(replace);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        random() < 0.05 ? oneOf(random, ['__proto__', 'constructor', '', 'ß', key]) : key,
        replace(inner),
      ]),
    );
  };
  return { path: '/score', body: JSON.stringify(replace(JSON.parse(ORDINARY.body))) };
};

const deep: Make = (random) => {
  const levels = wholeBetween(random, 1000, 300_000);
  const [open, close] = oneOf(random, [
    ['[', ']'],
    ['{"items":', '}'],
    ['{"map":{"a":[', ']}}'],
  ] as const);
  const inside = `${open.repeat(levels)}1${random() < 0.5 ? close.repeat(levels) : ''}`;
  const text = random() < 0.5 ? inside : `{"items":[{"sample":${inside}}]}`;
  return { path: oneOf(random, ['/score', '/'] as const), body: text };
};

/** Maps of very many cells, as the truth and as what a completion imagines. */
const giant: Make = (random) => {
  const cells = wholeBetween(random, 4000, 200_000);
  const names = oneOf(random, [1, 50, 2000]);
  const map = Object.fromEntries(
    Array.from({ length: names }, (_, name) => [
      `thing ${name}`,
      Array.from({ length: Math.ceil(cells / names) }, (_, at) => [at % 997, (at * 31) % 1009]),
    ]),
  );
  if (random() < 0.5) return { path: '/score', body: scoring(GOOD, { ...SAMPLE, map }) };
  const text = `<think><map>${JSON.stringify(map)}</map></think><answer>4</answer>`;
  return { path: '/', body: openRlhf(`How many?${text}`, JSON.stringify(SAMPLE)) };
};

/** Texts that make bad regular expressions take for ever. */
const repetitive: Make = (random) => {
  const piece = oneOf(random, [
    ...['<think>', '<map>', '</map>', '<answer>', '<answer>4', '{"a":[[', "{'a': [", '((((', ' '],
    ...['<map>{"chair": [[1,', '\n', '-', '1e', '\\u00', '<|im_end|>', '4 ', '\\boxed{'],
  ]);
  const text = piece.repeat(Math.ceil(wholeBetween(random, 10_000, 1_500_000) / piece.length));
  return random() < 0.5
    ? { path: '/score', body: scoring(text) }
    : { path: '/get_reward', body: openRlhf(text, JSON.stringify(SAMPLE)) };
};

const mismatched: Make = (random) => ({
  path: '/get_reward',
  body: JSON.stringify({
    query: Array.from({ length: wholeBetween(random, 0, 3) }, () => oneOf(random, ODD)),
    prompts: oneOf(random, ODD),
    labels: Array.from({ length: wholeBetween(random, 0, 3) }, () => oneOf(random, ODD)),
  }),
});

const numbers: Make = (random) => ({
  path: '/score',
  body: ORDINARY.body.replace(
    '[1,2]',
    oneOf(random, ['[1e999,2]', '[NaN,2]', '[1e300,-1e300]', '[-0,0]', `[${'9'.repeat(5000)},1]`]),
  ),
});

/** Beyond the 32 MiB that a body may have; rare, as it takes its time. */
const tooLarge: Make = () => ({ path: '/score', body: scoring('x'.repeat(34 * 2 ** 20)) });

const MAKERS: readonly (readonly [string, Make, number])[] = [
  ['noise', noise, 10],
  ['cut short', cut, 10],
  ['bytes flipped', flipped, 20],
  ['values swapped', swapped, 30],
  ['nested deeply', deep, 10],
  ['giant map', giant, 8],
  ['repetitive text', repetitive, 20],
  ['lists that do not fit', mismatched, 15],
  ['odd numbers', numbers, 10],
  ['too large', tooLarge, 1],
];

/** One of them. */
export function hostileBody(random: RandomStream): HostileBody {
  const kinds = MAKERS.flatMap(([kind, make, weight]) =>
    Array.from({ length: weight }, () => ({ kind, make })),
  );
  const { kind, make } = oneOf(random, kinds);
  return { kind, ...make(random) };
}
