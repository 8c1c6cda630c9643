/** Finds the sources of a config's values in its layers. */
import { hasValueAt } from './config-layers.ts';
import type { ConfigLayer } from './config-layers.ts';
import type { LayeredOrigin } from './config-origin.ts';

/**
 * The origin of a config: for each key path the topmost layer that has it, or else the defaults. For a key that no layer has, the place of
 * its nearest ancestor counts.
 *
 * @param layers Lowest first.
 * @param merged The layers merged over the defaults, without parts and lists that an upper layer replaced.
 */
export function createOrigin(layers: readonly ConfigLayer[], merged: unknown): LayeredOrigin {
  const layerOf = (path: readonly PropertyKey[]): ConfigLayer | undefined =>
    layers.findLast(({ value }) => hasValueAt(value, path));
  return {
    describe(path) {
      for (let length = path.length; length > 0; length--) {
        const known = path.slice(0, length);
        if (!hasValueAt(merged, known)) continue;
        return layerOf(known)?.placeOf(known) ?? 'the defaults';
      }
      return 'the defaults';
    },
    directoryOf: (path) => layerOf(path)?.directory,
    referenceAt(path) {
      if (!hasValueAt(merged, path)) return undefined;
      return layerOf(path)?.references.find((reference) => isSame(reference.path, path));
    },
    sourceOf(path) {
      if (!hasValueAt(merged, path)) return undefined;
      return layerOf(path)?.sourceOf(path) ?? { kind: 'default' };
    },
  };
}

function isSame(left: readonly PropertyKey[], right: readonly PropertyKey[]): boolean {
  return (
    left.length === right.length && left.every((key, index) => String(key) === String(right[index]))
  );
}
