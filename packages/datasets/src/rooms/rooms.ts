/** The dataset plugin of the built-in data: furnished rooms with videos, questions, maps and demonstrations. */
import { definePlugin, typedPath, type Split } from '@loci/core';
import { z } from 'zod';
import { openSpacerFolder } from '../spacer/spacer-folder.ts';
import { SPACER_FILES } from '../spacer/write-spacer-folder.ts';
import { layoutFiles } from './asked-layouts.ts';
import { CAMERA_PATHS } from './camera.ts';
import { ALL_QUESTION_KINDS, QUESTION_KINDS } from './questions/all.ts';
import { DEFAULT_ROOM_OPTIONS } from './room-options.ts';
import { MAP_FORMATS } from './scene-maps.ts';
import { canFilm } from './video.ts';
import { ensureRooms } from './write-rooms.ts';

const count = z.number().int().positive();
/** H.264 wants even sides. */
const side = z.number().int().min(16).max(1080).multipleOf(2);

const options = z.strictObject({
  seed: z
    .number()
    .int()
    .default(1)
    .describe('Seed of the rooms; independent of the seed of the run'),
  folder: z
    .string()
    .min(1)
    .default('data/rooms')
    .describe(
      'Folder of the rooms; each split and each choice of options has its own folder in it',
    ),
  trainScenes: count.default(240).describe('Rooms to train on'),
  testScenes: count.default(80).describe('Rooms to evaluate on'),
  layouts: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Folder of layouts of real scans (JSON), which replace the generated rooms in the test split',
    ),
  questionsPerScene: count.max(6).default(3).describe('Questions asked about each room'),
  kinds: z
    .array(z.enum(ALL_QUESTION_KINDS))
    .min(1)
    .default([...QUESTION_KINDS])
    .describe('Kinds of questions, equally frequent'),
  cameraPaths: z
    .array(z.enum(CAMERA_PATHS))
    .min(1)
    .default([...DEFAULT_ROOM_OPTIONS.cameraPaths])
    .describe('Camera paths to choose from'),
  maxInstances: count
    .max(4)
    .default(DEFAULT_ROOM_OPTIONS.maxInstances)
    .describe('Most objects of one category in a room'),
  framesPerSecond: count.max(60).default(4).describe('Frames per second of the videos'),
  seconds: z.number().positive().max(60).default(4).describe('Length of the videos'),
  mapFormat: z
    .enum(MAP_FORMATS)
    .optional()
    .describe(
      "Form of the true map: SpaceR's (the default); things, facings and views (MindCube); boxes in meters",
    ),
  height: side.default(112).describe('Height of the videos in pixels'),
  width: side.default(168).describe('Width of the videos in pixels'),
});

/**
 * Generates furnished rooms on first use and reads them like any folder in SpaceR-151k form. The two splits have no room in common.
 *
 * @example
 * dataset: { use: rooms, trainScenes: 400, kinds: [counting, room-size] }
 */
export const rooms = definePlugin({
  kind: 'dataset',
  name: 'rooms',
  description:
    'Generated furnished rooms: videos, nine kinds of questions, maps and worked answers.',
  options,
  create: (
    { folder, trainScenes, testScenes, layouts, mapFormat = 'spacer', ...shared },
    { baseDirectory, logger },
  ) => ({
    open: async (split: Split) => {
      const parent = typedPath(folder, baseDirectory);
      const scenes = split === 'train' ? trainScenes : testScenes;
      // The folder decides how many layouts there are, not the options.
      const real =
        layouts !== undefined && split === 'test'
          ? { scenes: 0, layouts: layoutFiles(typedPath(layouts, baseDirectory)) }
          : {};
      const unfilmed = !(await canFilm());
      if (unfilmed) logger.info('rooms: no videos without @loci/media; rewards need none');
      const form = mapFormat === 'spacer' ? {} : { mapFormat };
      const wanted = { ...shared, split, scenes, ...real, ...form, ...(unfilmed && { unfilmed }) };
      return openSpacerFolder({
        folder: await ensureRooms(parent, wanted, logger),
        unfilmed,
        recordsFile: SPACER_FILES.records,
        mapsFile: SPACER_FILES.maps,
        demonstrationsFile: SPACER_FILES.demonstrations,
        ...(mapFormat !== 'spacer' && { sceneMapsFile: SPACER_FILES.sceneMaps }),
      });
    },
  }),
});
