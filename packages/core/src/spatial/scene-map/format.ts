/** Maps as text, as demonstrations and examples write them. */
import type { CognitiveMap, PlacedOnGrid, SceneMap } from '../../spec/index.ts';
import { formatCognitiveMap } from '../map/read/cognitive-map.ts';

/** The true map of a sample or record, in the form that its dataset has; undefined when it has none. */
export function trueMapText({
  map,
  sceneMap,
}: {
  readonly map?: CognitiveMap | undefined;
  readonly sceneMap?: SceneMap | undefined;
}): string | undefined {
  return sceneMap ? formatSceneMap(sceneMap) : map && formatCognitiveMap(map);
}

/**
 * One line of JSON without spaces, things in alphabetical order.
 *
 * @example
 * formatSceneMap({ format: 'boxes', boxes: [{ name: 'chair', centre: [1, 2], size: [0.5, 0.5] }] }) // '{"chair":[[1,2,0.5,0.5]]}'
 */
export function formatSceneMap(map: SceneMap): string {
  switch (map.format) {
    case 'mindcube':
      return JSON.stringify({ objects: sorted(map.objects), views: sorted(map.views) });
    case 'boxes': {
      const lists = sceneMapNames(map).map((name) => [
        name,
        map.boxes
          .filter((box) => box.name === name)
          .map(({ centre, size }) => [...centre, ...size])
          .sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!),
      ]);
      return JSON.stringify(Object.fromEntries(lists));
    }
    default:
      return map satisfies never;
  }
}

/** The names of a map, each once, in alphabetical order; views come last. */
export function sceneMapNames(map: SceneMap): readonly string[] {
  const namesOf = (placed: readonly { readonly name: string }[]): readonly string[] =>
    [...new Set(placed.map(({ name }) => name))].sort();
  return map.format === 'boxes'
    ? namesOf(map.boxes)
    : [...namesOf(map.objects), ...namesOf(map.views)];
}

function sorted(placed: readonly PlacedOnGrid[]): readonly PlacedOnGrid[] {
  return [...placed]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, position, facing }) => ({ name, position, ...(facing && { facing }) }));
}
