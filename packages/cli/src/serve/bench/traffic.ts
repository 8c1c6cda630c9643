/** Makes completions in the style of a model trained by SG-RLVR, and the requests of trainers with them. */
import { randomStream } from '@loci/core';
import type { RandomStream } from '@loci/core';

const CATEGORIES = ['chair', 'table', 'sofa', 'lamp', 'bed', 'shelf', 'door', 'plant'];

/** Sentences of a thought. 25 of them have about 400 tokens, so that a completion with map and answer has about 500. */
const SENTENCES = [
  'Let me think about where the camera stands when the video begins.',
  'At first I see the door on the left, and behind it a corner of the sofa.',
  'Hmm, the camera turns to the right, so the wall with the shelf comes into view.',
  'Wait, that lamp was there before, it is the same one from another side.',
  'So there are two chairs at the table, and one more beside the bed.',
  'The table must be near the middle of the room, a little towards the window.',
  'Let me check that again from the last frames, where everything is in view.',
  'Oh, I see, the plant stands between the shelf and the door.',
];

/** A sample with the completions of its group. */
export interface BenchGroup {
  readonly sample: {
    readonly problem: string;
    readonly problemType: 'numerical' | 'multiple choice';
    readonly options: readonly string[];
    readonly solution: string;
    readonly source: string;
    readonly map: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  };
  readonly prompt: string;
  readonly completions: readonly string[];
}

/** Groups that depend only on the seed. */
export function benchGroups(
  count: number,
  completions: number,
  seed: number,
): readonly BenchGroup[] {
  const random = randomStream(seed);
  return Array.from({ length: count }, (_, index) => groupOf(random, index, completions));
}

function groupOf(random: RandomStream, index: number, completions: number): BenchGroup {
  const map = mapOf(random);
  const categories = Object.keys(map);
  const asked = categories[0]!;
  const numerical = index % 2 === 0;
  const answer = numerical ? String(map[asked]!.length) : 'ABCD'[index % 4]!;
  const problem = numerical
    ? `How many ${asked}s are in this room?`
    : `Which object is closest to the ${asked}?`;
  const options = numerical
    ? []
    : categories.slice(0, 4).map((name, at) => `${'ABCD'[at]}. ${name}`);
  return {
    sample: {
      problem,
      problemType: numerical ? 'numerical' : 'multiple choice',
      options,
      solution: `<answer>${answer}</answer>`,
      source: 'SR_dataset',
      map,
    },
    prompt: `<|im_start|>user\n<|vision_start|><|video_pad|><|vision_end|>${problem}\n${options.join('\n')}\n${INSTRUCTION}<|im_end|>\n<|im_start|>assistant\n`,
    completions: Array.from({ length: completions }, () => completionOf(random, map, answer)),
  };
}

const INSTRUCTION = SENTENCES.join(' ').repeat(2);

function mapOf(random: RandomStream): BenchGroup['sample']['map'] {
  const chosen = CATEGORIES.filter(() => random() < 0.7);
  const categories = chosen.length < 2 ? CATEGORIES.slice(0, 4) : chosen;
  return Object.fromEntries(
    categories.map((name) => [
      name,
      Array.from({ length: 1 + Math.floor(random() * 3) }, () => cellOf(random)),
    ]),
  );
}

function cellOf(random: RandomStream): readonly [number, number] {
  return [Math.floor(random() * 10), Math.floor(random() * 10)];
}

/** A completion with a mostly right answer, and a map that is mostly a cell off. */
function completionOf(
  random: RandomStream,
  truth: BenchGroup['sample']['map'],
  answer: string,
): string {
  const thoughts = Array.from(
    { length: 25 },
    () => SENTENCES[Math.floor(random() * SENTENCES.length)]!,
  );
  const imagined = Object.entries(truth).map(([name, cells]) => {
    const near = cells.map(([x, y]) => `[${x + Math.floor(random() * 3) - 1}, ${y}]`);
    return `'${name}': [${near.join(', ')}]`;
  });
  const given = random() < 0.6 ? answer : '7';
  return `<think>${thoughts.join(' ')} <map>{${imagined.join(', ')}}</map> So that is it.</think>\n<answer>${given}</answer>`;
}

/** One request with its number of completions. */
export interface BenchRequest {
  readonly path: string;
  readonly body: string;
  readonly completions: number;
}

/** Requests of the plain contract, with a few groups each. */
export function plainRequests(
  groups: readonly BenchGroup[],
  groupsPerRequest: number,
): readonly BenchRequest[] {
  return chunks(groups, groupsPerRequest).map((chunk) => ({
    path: '/score',
    completions: chunk.reduce((sum, { completions }) => sum + completions.length, 0),
    body: JSON.stringify({
      items: chunk.map(({ sample, completions }) => ({
        sample,
        completions: completions.map((text) => ({ text, tokenCount: 500 })),
      })),
    }),
  }));
}

/** Requests of OpenRLHF: from version 0.9 on with one completion each, before that with whole batches. */
export function openRlhfRequests(
  groups: readonly BenchGroup[],
  perRequest: number,
): readonly BenchRequest[] {
  const items = groups.flatMap(({ sample, prompt, completions }) => {
    const label = JSON.stringify(sample);
    return completions.map((text) => ({ query: `${prompt}${text}<|im_end|>`, prompt, label }));
  });
  return chunks(items, perRequest).map((chunk) => ({
    path: '/',
    completions: chunk.length,
    body: JSON.stringify({
      query: chunk.map(({ query }) => query),
      prompts: chunk.map(({ prompt }) => prompt),
      labels: chunk.map(({ label }) => label),
    }),
  }));
}

function chunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
