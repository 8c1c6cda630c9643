/** For tests: writes small folders in the form in which the hub distributes each benchmark. */
export type { FixtureMedia } from './fixture-files.ts';
export { writeLongVideoBenchFolder } from './longvideobench-folder.ts';
export { writeRevsiFolder } from './revsi-folder.ts';
export { writeSparFolder } from './spar-folder.ts';
export { writeStiFolder } from './sti-folder.ts';
export { writeTable } from './write-table.ts';
export type { Column, StoredImage } from './write-table.ts';
export { writeTempCompassFolder } from './tempcompass-folder.ts';
export { writeVideoMmeFolder } from './video-mme-folder.ts';
export { writeVsiFolder } from './vsi-folder.ts';
