/** Selects the questions of a diagnosis: a number of every kind about held-out rooms, and one about each of some training rooms. */
import { deriveSeed, LociError } from '@loci/core';
import {
  askScene,
  generateRoom,
  QUESTION_KINDS,
  questionSceneOf,
  roomSeed,
  roomSeries,
  type AskedQuestion,
  type RoomScene,
} from '@loci/datasets';
import type { Size } from '@loci/media';
import { filmOf } from '../pretrain/lessons.ts';
import { stepStream, type FilmedRoom } from '../pretrain/fresh-rooms.ts';
import type { PretrainRecipe } from '../pretrain/recipe.ts';

/** A question and its filmed room. */
export interface Item {
  readonly question: AskedQuestion;
  readonly room: FilmedRoom;
}

/** Seed of the held-out rooms: that of the default dataset. */
const HELD_OUT_SEED = 1;
/** Most questions about a room. */
const PER_ROOM = 3;

function filmed(scene: RoomScene, seen: Size): FilmedRoom {
  let frames: ReturnType<typeof filmOf> | undefined;
  return { scene: questionSceneOf(scene), frames: () => (frames ??= filmOf(scene, seen)) };
}

/** `perKind` questions of every kind about rooms of the test split, in the order of the series. */
export function heldOutItems(perKind: number, seen: Size): readonly Item[] {
  const wanted = perKind * QUESTION_KINDS.length;
  const items: Item[] = [];
  const counts = new Map<string, number>();
  const series = { seed: HELD_OUT_SEED, split: 'test', questionsPerScene: PER_ROOM } as const;
  for (const { scene, questions } of roomSeries(series)) {
    const room = filmed(scene, seen);
    for (const question of questions) {
      const count = counts.get(question.kind) ?? 0;
      if (count >= perKind) continue;
      counts.set(question.kind, count + 1);
      items.push({ question, room });
    }
    if (items.length === wanted) return items;
  }
  return items;
}

/** The number of rooms in a recipe's training: all rooms of a course, or the fixed set. */
function roomsTrainedOn({ rooms, base, course, warmUp, supervised }: PretrainRecipe): number {
  if (course === undefined) return rooms;
  const { freshRooms } = course;
  const warmed = base === undefined ? warmUp.steps * freshRooms.warmUp : 0;
  return warmed + supervised.steps * freshRooms.supervised;
}

/** A question that every room allows, since only its map is used. */
function anyQuestion(room: FilmedRoom, place: number): Item {
  const question = askScene(room.scene, 'room-size', stepStream(HELD_OUT_SEED, 'map', place));
  if (question !== undefined) return { room, question };
  throw new LociError(
    'question-impossible',
    `Room ${place} does not allow a question about its size.`,
  );
}

/** A question about each of `count` held-out rooms, to compare with `trainedItems`. */
export function freshItems(count: number, seen: Size): readonly Item[] {
  const series = { seed: HELD_OUT_SEED, split: 'test', questionsPerScene: PER_ROOM } as const;
  return Array.from(roomSeries({ ...series, scenes: count }), ({ scene, index }) =>
    anyQuestion(filmed(scene, seen), index),
  );
}

/**
 * A question about each of `count` rooms that a recipe trained on, evenly over its course.
 *
 * @param known indices of the rooms that are still drawn as in training. Default: all.
 */
export function trainedItems(
  recipe: PretrainRecipe,
  count: number,
  seen: Size,
  known?: readonly number[],
): readonly Item[] {
  const total = roomsTrainedOn(recipe);
  const drawn = Math.min(count, total);
  const places =
    known?.slice(0, count) ??
    Array.from({ length: drawn }, (_, index) => Math.floor((index * total) / drawn));
  const scenes =
    recipe.course === undefined ? seriesScenes(recipe, places) : courseScenes(recipe, places);
  return scenes.map((scene, index) => anyQuestion(filmed(scene, seen), places[index]!));
}

function courseScenes({ seed }: PretrainRecipe, places: readonly number[]): readonly RoomScene[] {
  const rooms = deriveSeed(seed, 'fresh-rooms');
  return places.map((place) => generateRoom(roomSeed(rooms, 'train', place, 0)));
}

function seriesScenes(recipe: PretrainRecipe, places: readonly number[]): readonly RoomScene[] {
  const { seed, questionsPerRoom: questionsPerScene, kinds } = recipe;
  const wanted = new Set(places);
  const scenes = Math.max(...places) + 1;
  return Array.from(roomSeries({ seed, split: 'train', scenes, questionsPerScene, kinds }))
    .filter(({ index }) => wanted.has(index))
    .map(({ scene }) => scene);
}
