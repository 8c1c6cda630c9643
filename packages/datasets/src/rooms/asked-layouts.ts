/** Turns a folder of layouts into rooms with questions, in the order of their files and names. It skips and counts layouts that do not fit. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deriveSeed, LociError, randomStream, type Logger } from '@loci/core';
import { readVsiMeta } from '../annotated/vsi-meta-file.ts';
import { askScene, questionSceneOf, type AskedQuestion } from './ask-room.ts';
import { shuffled } from './furnish.ts';
import { roomOfLayout, type LayoutMisfit } from './layout-rooms.ts';
import type { QuestionKindName } from './questions/all.ts';
import type { RoomOptions } from './room-options.ts';
import type { AskedRoom } from './room-series.ts';
import type { RoomScene } from './scene.ts';

/** Which questions to ask about layouts. */
export interface LayoutQuestions extends RoomOptions {
  readonly seed: number;
  /** At most so many about one room. */
  readonly questionsPerScene: number;
  readonly kinds: readonly QuestionKindName[];
}

/** The rooms of a folder, and how many layouts were skipped for what reason. */
export interface AskedLayouts {
  readonly rooms: readonly AskedRoom[];
  readonly skipped: ReadonlyMap<LayoutMisfit | 'no question', number>;
}

/**
 * The files of layouts in a folder, with a digest of their contents.
 *
 * @throws LociError `layouts-unreadable` when there is no such folder, or no JSON file in it.
 */
export function layoutFiles(folder: string): {
  readonly files: readonly string[];
  readonly digest: string;
} {
  let files: readonly string[];
  try {
    files = readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(folder, name));
  } catch (cause) {
    throw new LociError(
      'layouts-unreadable',
      `There is no folder of layouts ${folder}; docs/real-rooms.md explains how to get them`,
      { cause },
    );
  }
  if (files.length === 0) {
    throw new LociError('layouts-unreadable', `${folder} has no JSON file of layouts`);
  }
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return { files, digest: hash.digest('hex').slice(0, 16) };
}

/**
 * Reads and furnishes the layouts, and asks about them. The same files and options give the same rooms and questions.
 *
 * @throws LociError `scenes-unreadable`; `dataset-empty` when no layout fits.
 */
export async function askLayouts(
  files: readonly string[],
  options: LayoutQuestions,
  logger: Pick<Logger, 'info' | 'warn'>,
): Promise<AskedLayouts> {
  const rooms: AskedRoom[] = [];
  const skipped = new Map<LayoutMisfit | 'no question', number>();
  const skip = (reason: LayoutMisfit | 'no question'): void =>
    void skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  for (const file of files) {
    const { scenes, problems } = await readVsiMeta(file, '');
    for (const { reason } of problems) logger.warn(`rooms: ${file}: ${reason}`);
    for (const scene of scenes) {
      const found = roomOfLayout(scene, options, options.seed);
      if ('misfit' in found) {
        skip(found.misfit);
        continue;
      }
      const questions = questionsAbout(found.room, options);
      if (questions.length === 0) skip('no question');
      else rooms.push({ index: rooms.length, scene: found.room, questions });
    }
  }
  const reasons = [...skipped].map(([reason, count]) => `${count} ${reason}`).join(', ');
  logger.info(`rooms: ${rooms.length} layouts are filmed${reasons && `; skipped: ${reasons}`}`);
  if (rooms.length === 0) {
    throw new LociError('dataset-empty', `No layout fits the rooms: ${reasons || 'there is none'}`);
  }
  return { rooms, skipped };
}

/** One question of each kind that the room offers, up to the wanted number. The seed of the room decides the order of the kinds. */
function questionsAbout(
  room: RoomScene,
  { kinds, questionsPerScene }: LayoutQuestions,
): readonly AskedQuestion[] {
  const random = randomStream(deriveSeed(room.seed, 'questions'));
  const scene = questionSceneOf(room);
  return shuffled(random, kinds)
    .flatMap((kind) => askScene(scene, kind, random) ?? [])
    .slice(0, questionsPerScene);
}
