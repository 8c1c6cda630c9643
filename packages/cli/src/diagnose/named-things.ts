/** What a question names, and what its true answer is in any room: for asking the same question of another room. */
import {
  CATEGORIES,
  type AskedQuestion,
  type QuestionScene,
  type SceneObject,
} from '@loci/datasets';
import { readMap } from './exact-reader.ts';

/** The closest of several is closer than the others by this, in metres, as the rooms ask it. */
const CLOSEST_M = 0.5;
/** Shortest distance that is asked for, in metres. */
const LEAST_M = 1;
const CATEGORY = new RegExp(`\\b(?:${CATEGORIES.join('|')})\\b`, 'g');

/** The categories of a question in the order in which it names them; those of the options last where they are what is compared. */
export function namedThings({ kind, problem, options }: AskedQuestion): readonly string[] {
  const named = problem.match(CATEGORY) ?? [];
  return kind === 'relative-distance' ? [...named, ...options.map((text) => text.slice(3))] : named;
}

/** The option's text for a letter, the answer itself for a number; undefined for a letter that no option has. */
export function inWords(
  { options }: Pick<AskedQuestion, 'options'>,
  answer: string,
): string | undefined {
  if (options.length === 0) return answer;
  return options.find((text) => text.startsWith(`${answer}. `))?.slice(3);
}

const metres = (a: SceneObject, b: SceneObject): number =>
  Math.hypot(a.centre[0] - b.centre[0], a.centre[1] - b.centre[1]);

/**
 * What the question's true answer would be in another room, in words or as a number; undefined where it cannot be asked there without
 * doubt, and for kinds whose answer the map does not hold.
 */
export function truthIn(question: AskedQuestion, room: QuestionScene): string | undefined {
  const named = namedThings(question);
  const { kind } = question;
  if (kind === 'counting') {
    const count = room.map[named[0]!]?.length;
    return count === undefined ? undefined : `${count}`;
  }
  const things = named.map((category) => {
    const own = room.objects.filter((object) => object.category === category);
    return own.length === 1 ? own[0] : undefined;
  });
  if (things.some((thing) => thing === undefined)) return undefined;
  const [first, ...rest] = things as SceneObject[];
  if (kind === 'absolute-distance') {
    const distance = metres(first!, rest[0]!);
    return distance < LEAST_M ? undefined : distance.toFixed(1);
  }
  const read = readMap(question, room.map);
  if (kind === 'relative-distance') {
    const near = rest.map((thing) => metres(first!, thing));
    const [least, second] = [...near].sort((a, b) => a - b) as [number, number];
    const closest = rest[near.indexOf(least)]!.category;
    return second - least >= CLOSEST_M && read === closest ? closest : undefined;
  }
  return kind.startsWith('relative-direction') ? read : undefined;
}
