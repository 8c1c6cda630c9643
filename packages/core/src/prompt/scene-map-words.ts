/** Prompt texts that ask for maps in other forms than SpaceR's. The wording is ours, the forms are their authors'. */
import { formatSceneMap, sceneMapNames } from '../spatial/scene-map/format.ts';
import type { BoxMap, SceneMap, ViewMap } from '../spec/index.ts';

const EXAMPLE_VIEWS: ViewMap = {
  format: 'mindcube',
  objects: [
    { name: 'chair', position: [2, 3], facing: 'right' },
    { name: 'table', position: [6, 1] },
  ],
  views: [{ name: 'view 1', position: [4, 9], facing: 'up' }],
};

const EXAMPLE_BOXES: BoxMap = {
  format: 'boxes',
  boxes: [
    { name: 'chair', centre: [-1.2, 2.5], size: [0.5, 0.6] },
    { name: 'table', centre: [0.8, 3], size: [1.4, 0.8] },
  ],
};

/** Offers a map in the form of the true one; names are given away, places have to be found. */
export function offerSceneMap(map: SceneMap): string {
  const names = JSON.stringify(sceneMapNames(map));
  switch (map.format) {
    case 'mindcube':
      return (
        'If it helps, draw a map of the scene from above while you think, on a 10×10 grid: [0,0] is the top left, x grows to the right and y downwards. ' +
        'Give every object its position and, where it has a front, its facing (up, right, down, left), and give the views of the camera in the same way. ' +
        `The names are ${names}. Write it as JSON between <map> and </map>, for example <map>${formatSceneMap(EXAMPLE_VIEWS)}</map>.`
      );
    case 'boxes':
      return (
        'If it helps, draw a map of the scene from above while you think: the box of every object in metres, x to the right and y ahead of where the camera begins. ' +
        `Map only ${names}, and list every instance as [x, y, width, depth], x and y of its middle. ` +
        `Write it as JSON between <map> and </map>, for example <map>${formatSceneMap(EXAMPLE_BOXES)}</map>.`
      );
    default:
      return map satisfies never;
  }
}

/** The same in as few words as can be. */
export function compactSceneMap(map: SceneMap): string {
  const names = sceneMapNames(map).join(', ');
  return map.format === 'boxes' ? `Boxes: ${names}.` : `Objects, views: ${names}.`;
}
