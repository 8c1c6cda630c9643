/** Explains why no point of a map could be read, for authors of prompts and targets. */

const WANTED = 'write {"chair": [[1, 2]], "table": [[3, 4], [5, 6]]}';
const WRAPPED = /^\s*\{\s*["'](?:cognitive[ _]?)?(?:map|objects)["']\s*:\s*[{[]/iu;
const NAMED_AXES = /["']?\b[xy]["']?\s*:\s*-?[\d."']/iu;
const FLAT = /:\s*[[(]\s*-?[\d.]+\s*,\s*-?[\d.]+\s*[\])]/u;

/**
 * The common mistake in the form of a map; undefined when it has none of them.
 *
 * @example misreadForm('{"chair": [1, 2]}') // 'no point could be read: a category holds one flat [x, y] and no list of points; …'
 */
export function misreadForm(drawn: string): string | undefined {
  const form = WRAPPED.test(drawn)
    ? 'the dictionary is wrapped in another'
    : NAMED_AXES.test(drawn)
      ? 'points are objects with x and y'
      : FLAT.test(drawn)
        ? 'a category holds one flat [x, y] and no list of points'
        : undefined;
  return form && `no point could be read: ${form}; ${WANTED}`;
}
