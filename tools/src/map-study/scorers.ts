/** The scores that are compared. */
import { calibratedMapScore, placesMapScore, scoreMap, type CognitiveMap } from '@loci/core';
import type { StudyScene } from './scenes.ts';

/** Scores an imagined map of a scene. */
export interface Scorer {
  readonly name: string;
  score(imagined: CognitiveMap, scene: StudyScene): number;
}

/** SpaceR's score. */
export const reference: Scorer = {
  name: 'reference',
  score: (imagined, { map }) => scoreMap(imagined, map),
};

/** Ours before the clamp, under the symmetries of the scene's question. */
export const calibrated: Scorer = {
  name: 'calibrated',
  score: (imagined, { map, symmetries }) => corrected(imagined, map, symmetries),
};

/** Ours before the clamp, in the truth's own frame. */
export const calibratedInFrame: Scorer = {
  name: 'in frame',
  score: (imagined, { map }) => corrected(imagined, map, 'none'),
};

/** The score that never pays for leaving out, in the truth's own frame. */
export const places: Scorer = {
  name: 'places, in frame',
  score: (imagined, { map }) => {
    const scored = placesMapScore(imagined, map);
    return scored.status === 'scored' ? scored.score : NaN;
  },
};

/** In the order of the tables. */
export const SCORERS: readonly Scorer[] = [reference, calibrated, calibratedInFrame, places];

/** NaN where there is nothing to locate; such scenes are left out of the study (`isScored`). */
function corrected(
  imagined: CognitiveMap,
  map: CognitiveMap,
  symmetries: StudyScene['symmetries'],
): number {
  const scored = calibratedMapScore(imagined, map, { symmetries });
  return scored.status === 'scored' ? scored.score : NaN;
}

/** Whether every scorer can score a scene. */
export function isScored(scene: StudyScene): boolean {
  return SCORERS.every((scorer) => Number.isFinite(scorer.score(scene.map, scene)));
}
