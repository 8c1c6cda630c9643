/** The score of a scene map of either form. */
import type { SceneMap } from '../../spec/index.ts';
import { scoreBoxMap } from './score-boxes.ts';
import { scoreViewMap } from './score-views.ts';

/** The score of a scene map; the parts depend on its form. */
export interface SceneMapScore {
  /** 0…1. */
  readonly score: number;
  readonly parts: Readonly<Record<string, number>>;
}

/** Things that a map places. */
export function countPlaced(map: SceneMap): number {
  return map.format === 'boxes' ? map.boxes.length : map.objects.length + map.views.length;
}

/** @returns undefined where the forms differ. */
export function scoreSceneMap(imagined: SceneMap, truth: SceneMap): SceneMapScore | undefined {
  if (imagined.format === 'mindcube' && truth.format === 'mindcube') {
    const { score, ...parts } = scoreViewMap(imagined, truth);
    return { score, parts };
  }
  if (imagined.format === 'boxes' && truth.format === 'boxes') {
    const { score, ...parts } = scoreBoxMap(imagined, truth);
    return { score, parts };
  }
  return undefined;
}
