/** What a question's true answer is in any room: for asking the same question of another room. */
import type { AskedQuestion, QuestionScene, SceneObject } from '@loci/datasets';
import { readMap } from './exact-reader.ts';
import { namedThings } from './named-things.ts';

/** The closest of several is closer than the others by this, in metres, as the rooms ask it. */
const CLOSEST_M = 0.5;
/** Shortest distance that is asked for, in metres. */
const LEAST_M = 1;

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
