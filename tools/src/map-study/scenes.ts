/** The scenes that maps are studied on: generated rooms, and the layouts of real scans where they are at hand. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { symmetriesOfQuestion, type CognitiveMap, type MapSymmetries } from '@loci/core';
import { askLayout, readLayouts, roomSeries, type AskedQuestion } from '@loci/datasets';

/** A true map, and what the question that is asked about it allows. */
export interface StudyScene {
  readonly map: CognitiveMap;
  readonly symmetries: MapSymmetries;
}

/** Files of layouts, as vision-x-nyu/thinking-in-space publishes them in `data/meta_info`. */
export const LAYOUT_FILES = ['scannet_meta_info_val.json', 'scannetpp_meta_info_val.json'] as const;

const sceneOf = (map: CognitiveMap, { kind, problem, options }: AskedQuestion): StudyScene => ({
  map,
  symmetries: symmetriesOfQuestion({ questionKind: kind, problem, options }),
});

/** Rooms with one question each, the nine kinds equally frequent. The same seed gives the same rooms. */
export function roomScenes(count: number, seed: number): readonly StudyScene[] {
  const rooms = roomSeries({ seed, split: 'test', scenes: count, questionsPerScene: 1 });
  return Array.from(rooms, ({ questions: [question] }) => sceneOf(question!.map, question!));
}

/**
 * The real layouts in a folder with one question each, the kinds in turn; the reason why not when a file is missing. A layout without a question
 * is left out.
 * @throws LociError when a file is there and has another form.
 */
export async function layoutScenes(folder: string): Promise<readonly StudyScene[] | string> {
  const missing = LAYOUT_FILES.find((file) => !existsSync(join(folder, file)));
  if (missing !== undefined) {
    return `${join(folder, missing)} is not there; it is published in data/meta_info of vision-x-nyu/thinking-in-space (pass its folder with --layouts)`;
  }
  const layouts = (
    await Promise.all(LAYOUT_FILES.map((file) => readLayouts(join(folder, file))))
  ).flat();
  return layouts.flatMap((layout, index) => {
    const questions = askLayout(layout, 1);
    const question = questions[index % questions.length];
    return question === undefined ? [] : [sceneOf(layout.scene.map, question)];
  });
}
