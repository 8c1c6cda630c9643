/**
 * Cuts a worked completion into stretches that follow from question and map, and stretches that need the video. In a lesson with another
 * room's film, only the former are learned.
 */
import type { AskedQuestion } from '@loci/datasets';
import { readDistance } from './map-reader.ts';

/** A stretch of text, and whether it is learned. Cuts are at token boundaries. */
export interface Stretch {
  readonly text: string;
  readonly learned: boolean;
}

type Worked = Pick<AskedQuestion, 'kind' | 'demonstration'>;

const MAP = /<map>.*<\/map> /s;
const AFTER_MAP = '</map>';
const END_OF_STEPS = '</think>';
const METERS = / (\d+),(\d+) [\d.]+<\/think><answer>[\d.]+<\/answer>$/;
/** The names of entries, and of cells in the steps to an order. */
const NAME = /,?"[a-z]+(?=":)| [a-z]+(?= \d+,\d)/g;

/**
 * The completion of a question. A distance is the best reading of the columns and rows in the steps, not the true one: reinforcement
 * learning adds what only the video shows.
 */
export function completionOf({ kind, demonstration }: Worked): string {
  if (kind !== 'absolute-distance') return demonstration;
  return demonstration.replace(METERS, (_, columns: string, rows: string) => {
    const meters = readDistance(Number(columns), Number(rows)).toFixed(1);
    return ` ${columns},${rows} ${meters}</think><answer>${meters}</answer>`;
  });
}

/** The completion of a question that asks for no map: the steps and the answer. */
export function withoutMap(completion: string): string {
  return completion.replace(MAP, '');
}

/** The range of the steps that needs the video; undefined for kinds that need only the map. */
function seenOnly(
  { kind }: Worked,
  steps: string,
): readonly [from: number, to: number] | undefined {
  switch (kind) {
    case 'object-size':
      return [steps.indexOf(']] ') + 2, steps.lastIndexOf(' ')];
    case 'room-size':
      return [0, steps.lastIndexOf(' ')];
    case 'appearance-order':
      return [0, steps.indexOf(' ', 1)];
    default:
      return undefined;
  }
}

/** Cuts the steps, which begin with the space after the map. */
function cutSteps(worked: Worked, steps: string): readonly Stretch[] {
  const seen = seenOnly(worked, steps);
  if (seen === undefined) return [{ text: steps, learned: true }];
  const [from, to] = seen;
  return [
    { text: steps.slice(0, from), learned: true },
    { text: steps.slice(from, to), learned: false },
    { text: steps.slice(to), learned: true },
  ].filter(({ text }) => text !== '');
}

/** A completion with a film of another room: the map is given, and the text that follows from it is learned. */
export function readingStretches(worked: Worked): readonly Stretch[] {
  const text = completionOf(worked);
  const from = text.indexOf(AFTER_MAP) + AFTER_MAP.length;
  const to = text.indexOf(END_OF_STEPS);
  return [
    { text: text.slice(0, from), learned: false },
    ...cutSteps(worked, text.slice(from, to)),
    { text: text.slice(to), learned: true },
  ];
}

/** The map of a question up to its closing tag, on which steps can be worked. */
export function mapStretch(worked: Worked): Stretch {
  const { demonstration } = worked;
  const end = demonstration.indexOf(AFTER_MAP) + AFTER_MAP.length;
  return { text: demonstration.slice(0, end), learned: false };
}

/**
 * The steps after a map but without a question: the names of entries are given; their contents and the results are learned.
 */
export function drillStretches(worked: Worked): readonly Stretch[] {
  const text = completionOf(worked);
  const from = text.indexOf(AFTER_MAP) + AFTER_MAP.length;
  return cutSteps(worked, text.slice(from, text.indexOf(END_OF_STEPS))).flatMap((stretch) =>
    stretch.learned ? withoutNames(stretch.text) : [stretch],
  );
}

/** The names of entries are given, the rest is learned. */
function withoutNames(text: string): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let at = 0;
  for (const { 0: name, index } of text.matchAll(NAME)) {
    stretches.push({ text: text.slice(at, index), learned: true });
    stretches.push({ text: name, learned: false });
    at = index + name.length;
  }
  stretches.push({ text: text.slice(at), learned: true });
  return stretches.filter((stretch) => stretch.text !== '');
}
