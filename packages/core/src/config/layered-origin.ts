/** Where the values of a config came from, found in the layers that it was read from. */
import { says } from './config-layers.ts';
import type { ConfigLayer } from './config-layers.ts';
import type { LayeredOrigin } from './config-origin.ts';

/**
 * The origin of a config: for each key path the topmost layer that says it, else the defaults. Of a key that no layer has, the nearest
 * ancestor that one has is the place to look at.
 *
 * @param layers Lowest first.
 * @param merged What they make over the defaults. A part or a list that an upper layer replaced is not in it any more.
 */
export function createOrigin(layers: readonly ConfigLayer[], merged: unknown): LayeredOrigin {
  const layerOf = (path: readonly PropertyKey[]): ConfigLayer | undefined =>
    layers.findLast(({ value }) => says(value, path));
  return {
    describe(path) {
      for (let length = path.length; length > 0; length--) {
        const known = path.slice(0, length);
        if (!says(merged, known)) continue;
        return layerOf(known)?.placeOf(known) ?? 'the defaults';
      }
      return 'the defaults';
    },
    directoryOf: (path) => layerOf(path)?.directory,
    referenceAt(path) {
      if (!says(merged, path)) return undefined;
      return layerOf(path)?.references.find((reference) => isSame(reference.path, path));
    },
    sourceOf(path) {
      if (!says(merged, path)) return undefined;
      return layerOf(path)?.sourceOf(path) ?? { kind: 'default' };
    },
  };
}

function isSame(left: readonly PropertyKey[], right: readonly PropertyKey[]): boolean {
  return (
    left.length === right.length && left.every((key, index) => String(key) === String(right[index]))
  );
}
