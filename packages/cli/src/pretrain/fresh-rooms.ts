/**
 * Filmed rooms that are renewed during training: a window that moves along an endless series. A room's index in the series decides the whole
 * room, so a training that continues after a stop sees the same rooms.
 */
import { deriveSeed, LociError, randomStream, type RandomStream } from '@loci/core';
import {
  answerClassesOf,
  askScene,
  generateRoom,
  questionSceneOf,
  roomSeed,
  type AskedQuestion,
  type QuestionKindName,
  type QuestionScene,
  type RoomScene,
} from '@loci/datasets';
import type { Picture, Size } from '@loci/media';
import { filmOf } from './lessons.ts';

/** A filmed room, ready for questions. */
export interface FilmedRoom {
  readonly scene: QuestionScene;
  /** Frames at the size that the model sees. */
  frames(): readonly Picture[];
}

/** Most instances of a category, as in the default rooms. */
const MOST_INSTANCES = 2;
/** Letters of the right option: 2, 3 and 4 options divide it. */
const SLOTS = 12;

/** The room mirrored left to right, as far as questions use it; its film is mirrored frame by frame. */
export function mirroredRoom(scene: RoomScene): RoomScene {
  return {
    ...scene,
    objects: scene.objects.map((piece) => ({
      ...piece,
      centre: [-piece.centre[0], piece.centre[1]] as const,
    })),
    camera: { ...scene.camera, mirrored: !scene.camera.mirrored },
  };
}

/** A frame mirrored left to right. */
export function mirroredFrame({ width, height, pixels }: Picture): Picture {
  const mirrored = new Uint8Array(pixels.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * 3;
      const to = (row * width + (width - 1 - column)) * 3;
      mirrored[to] = pixels[from]!;
      mirrored[to + 1] = pixels[from + 1]!;
      mirrored[to + 2] = pixels[from + 2]!;
    }
  }
  return { width, height, pixels: mirrored };
}

/** Rooms to draw for a class of answers before any class is accepted, and rooms to draw in total. */
const PATIENCE = { forClass: 12, inAll: 400 } as const;

/** A source of questions: a scene, possibly with more. */
interface Askable {
  readonly scene: QuestionScene;
}

/**
 * Draws rooms until one offers a question of a random kind, with a random class of answers and letter.
 *
 * @throws LociError `question-impossible` when 400 rooms offer none.
 */
export function drawAsked<Room extends Askable>(
  drawRoom: () => Room,
  kinds: readonly QuestionKindName[],
  random: RandomStream,
): { readonly room: Room; readonly question: AskedQuestion } {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const kind = pick(kinds);
  const answerClass = pick(answerClassesOf(kind, MOST_INSTANCES));
  const slot = Math.floor(random() * SLOTS);
  for (let attempt = 0; attempt < PATIENCE.inAll; attempt++) {
    const room = drawRoom();
    const wish = attempt < PATIENCE.forClass ? { answerClass, slot } : { slot };
    const question = askScene(room.scene, kind, random, wish);
    if (question !== undefined) return { room, question };
  }
  throw new LociError(
    'question-impossible',
    `None of ${PATIENCE.inAll} rooms offers a question of the kind ${kind}; leave it out of the recipe.`,
  );
}

/** A moving window of filmed rooms. */
export class FreshRooms {
  readonly #seed: number;
  readonly #seen: Size;
  readonly #window: number;
  readonly #rooms = new Map<number, { readonly room: RoomScene; frames?: readonly Picture[] }>();
  #oldest = 0;

  /** @param window number of rooms in the window. @param seen size of a frame for the model. */
  constructor(seed: number, window: number, seen: Size) {
    this.#seed = seed;
    this.#window = window;
    this.#seen = seen;
  }

  /** Index of the oldest room in the window. */
  get oldest(): number {
    return this.#oldest;
  }

  /** Moves the window. @param oldest index of its oldest room in the series. */
  moveTo(oldest: number): void {
    this.#oldest = oldest;
    for (const index of this.#rooms.keys()) if (index < oldest) this.#rooms.delete(index);
  }

  /** Draws a room of the window, or its mirror image. It is filmed when its frames are first used. */
  draw(random: RandomStream): FilmedRoom {
    const index = this.#oldest + Math.floor(random() * this.#window);
    const isMirrored = random() < 0.5;
    let drawn = this.#rooms.get(index);
    if (drawn === undefined) {
      drawn = { room: generateRoom(roomSeed(this.#seed, 'train', index, 0)) };
      this.#rooms.set(index, drawn);
    }
    const kept = drawn;
    const frames = () => (kept.frames ??= filmOf(kept.room, this.#seen));
    return isMirrored
      ? {
          scene: questionSceneOf(mirroredRoom(kept.room)),
          frames: () => frames().map(mirroredFrame),
        }
      : { scene: questionSceneOf(kept.room), frames };
  }
}

/** The random stream of a step, which depends only on seed, phase and step. */
export function stepStream(seed: number, phase: string, step: number): RandomStream {
  return randomStream(deriveSeed(seed, 'course', phase, step));
}
