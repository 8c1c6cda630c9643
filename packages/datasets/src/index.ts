import type { AnyPlugin } from '@loci/core';
import { jsonl } from './jsonl/jsonl.ts';
import { layouts } from './layouts/layouts.ts';
import { rooms } from './rooms/rooms.ts';
import { selfSupervised } from './self-supervised/self-supervised.ts';
import { spacer151k } from './spacer/spacer-151k.ts';

export {
  convertData,
  CONVERTED_FORMS,
  type Conversion,
  type ConvertedForm,
  type ConvertOptions,
  type RowCount,
} from './convert/convert.ts';
export { jsonl } from './jsonl/jsonl.ts';
export { openRecords, type RecordsOptions } from './jsonl/open-records.ts';
export * from './jsonl/record.ts';
export * from './jsonl/record-faults.ts';
export { readLayouts, type Layout } from './layouts/layout.ts';
export { askLayout, layouts } from './layouts/layouts.ts';
export * from './rooms/ask-room.ts';
export { CAMERA_PATHS, cameraAt, firstInView, turnOf, type CameraPath } from './rooms/camera.ts';
export { CATEGORIES } from './rooms/catalogue.ts';
export { wordCount } from './rooms/demonstration.ts';
export { generateRoom } from './rooms/generate-room.ts';
export { ROOM_GENERATOR } from './rooms/generator-version.ts';
export { CELL_M, cellOf, cognitiveMapOf, GRID_CELLS } from './rooms/grid.ts';
export {
  ALL_QUESTION_KINDS,
  endingOf,
  QUESTION_KINDS,
  type QuestionKindName,
} from './rooms/questions/all.ts';
export { renderRoom, type Film, type FilmOptions } from './rooms/render.ts';
export type { QuestionScene, SceneObject } from './rooms/questions/question.ts';
export type { RoomOptions } from './rooms/room-options.ts';
export {
  roomSeed,
  roomSeries,
  type AskedRoom,
  type RoomSeriesOptions,
} from './rooms/room-series.ts';
export { rooms } from './rooms/rooms.ts';
export type * from './rooms/scene.ts';
export { encodeFilm } from './rooms/video.ts';
export { ensureRooms, type RoomsSplit } from './rooms/write-rooms.ts';
export { boxesJsonSchema, readBoxes } from './annotated/boxes-file.ts';
export { selfSupervised } from './self-supervised/self-supervised.ts';
export { TASK_NAMES, type TaskName } from './self-supervised/tasks/all.ts';
export { ExcludeList, readExcludeLists } from './spacer/exclude-list.ts';
export { sceneRecipeSchema, type SceneRecipe } from './scenes/recipe.ts';
export type * from './scenes/statistics.ts';
export { readVsiMeta } from './annotated/vsi-meta-file.ts';
export { writeScenes, type SceneFolder, type WrittenScenes } from './scenes/write-scenes.ts';
export type * from './spacer/record.ts';
export { spacer151k } from './spacer/spacer-151k.ts';
export { openSpacerFolder, type SpacerFolderOptions } from './spacer/spacer-folder.ts';
export { SPACER_FILES, writeSpacerFolder } from './spacer/write-spacer-folder.ts';

/** The dataset plugins of this package. */
export const plugins: readonly AnyPlugin[] = [jsonl, layouts, rooms, selfSupervised, spacer151k];
