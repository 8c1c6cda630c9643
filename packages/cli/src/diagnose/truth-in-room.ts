/** Computes the true answer of a question in another room. */
import type { AskedQuestion, QuestionScene, SceneObject } from '@loci/datasets';
import { readMap } from './exact-reader.ts';
import { namedThings } from './named-things.ts';

/** Least lead of the closest object over the others, in meters, as in questions about rooms. */
const CLOSEST_M = 0.5;
/** Shortest distance in questions, in meters. */
const LEAST_M = 1;

const meters = (a: SceneObject, b: SceneObject): number =>
  Math.hypot(a.centre[0] - b.centre[0], a.centre[1] - b.centre[1]);

/**
 * The question's true answer in another room, in words or as a number; undefined where the room does not allow the question clearly, and
 * for kinds whose answer the map does not determine.
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
    const distance = meters(first!, rest[0]!);
    return distance < LEAST_M ? undefined : distance.toFixed(1);
  }
  const read = readMap(question, room.map);
  if (kind === 'relative-distance') {
    const near = rest.map((thing) => meters(first!, thing));
    const [least, second] = [...near].sort((a, b) => a - b) as [number, number];
    const closest = rest[near.indexOf(least)]!.category;
    return second - least >= CLOSEST_M && read === closest ? closest : undefined;
  }
  return kind.startsWith('relative-direction') ? read : undefined;
}
