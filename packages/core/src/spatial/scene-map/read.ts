/** Reads scene maps from completions. */
import type { BoxFromAbove, Facing, PlacedOnGrid, SceneMap } from '../../spec/index.ts';
import { MOST_PLACED } from './schema.ts';

/** Characters of a drawn map that are read. */
const LONGEST = 50_000;

const FACINGS: readonly string[] = [
  'up',
  'right',
  'down',
  'left',
  'inner',
  'outer',
] satisfies Facing[];

type Fields = Readonly<Record<string, unknown>>;

/** A map, or why there is none. */
export type ReadSceneMap = SceneMap | { readonly fault: string };

/**
 * The map that a completion draws, in the tags `<cogmap>` or `<map>`, anywhere in its text; a JSON code fence within them is skipped. Entries
 * that are not places are left out.
 *
 * - `mindcube`: `{"objects": [{"name", "position", "facing"}], "views": […]}`, or keyed by name, `{"chair": {"position": [1, 2]}}`.
 * - `boxes`: `{"chair": [[x, y, width, depth]]}`, or one box without the outer list.
 *
 * @returns `no map`, `empty map`, or another fault.
 */
export function readSceneMap(completion: string, format: SceneMap['format']): ReadSceneMap {
  const drawn = blockIn(completion, 'cogmap') ?? blockIn(completion, 'map');
  if (drawn === undefined) return { fault: 'no map' };
  const text = drawn.replace(/^\s*```(?:json)?|```\s*$/giu, '').trim();
  if (text === '') return { fault: 'empty map' };
  if (text.length > LONGEST) return { fault: `the map is longer than ${LONGEST} characters` };
  const json = parsed(text);
  if (!isFields(json)) return { fault: 'the map is no JSON object' };
  const map = format === 'boxes' ? readBoxes(json) : readViews(json);
  const count = map.format === 'boxes' ? map.boxes.length : map.objects.length + map.views.length;
  if (count === 0) return { fault: 'the map places nothing' };
  return count > MOST_PLACED ? { fault: `the map places more than ${MOST_PLACED} things` } : map;
}

function readViews(json: Fields): SceneMap {
  const { objects, views } = json;
  if (Array.isArray(objects)) {
    return { format: 'mindcube', objects: placedIn(objects), views: placedIn(views) };
  }
  const keyed = Object.entries(json).map(([name, value]) =>
    Array.isArray(value) ? { name, position: value as unknown } : { ...Object(value), name },
  );
  return { format: 'mindcube', objects: placedIn(keyed), views: [] };
}

function placedIn(list: unknown): readonly PlacedOnGrid[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown): PlacedOnGrid[] => {
    if (!isFields(entry)) return [];
    const { name, position, facing } = entry;
    if (typeof name !== 'string' || name.trim() === '' || !areNumbers(position, 2)) return [];
    const [x, y] = position as [number, number];
    const way = typeof facing === 'string' ? facing.trim().toLowerCase() : '';
    return [
      {
        name: name.trim(),
        position: [x, y],
        ...(FACINGS.includes(way) && { facing: way as Facing }),
      },
    ];
  });
}

function readBoxes(json: Fields): SceneMap {
  const boxes = Object.entries(json).flatMap(([name, value]): BoxFromAbove[] => {
    const list: readonly unknown[] = areNumbers(value, 4)
      ? [value]
      : Array.isArray(value)
        ? value
        : [];
    return list.flatMap((box): BoxFromAbove[] => {
      if (!areNumbers(box, 4)) return [];
      const [x, y, width, depth] = box as [number, number, number, number];
      if (width <= 0 || depth <= 0) return [];
      return [{ name: name.trim(), centre: [x, y], size: [width, depth] }];
    });
  });
  return { format: 'boxes', boxes };
}

/** The text of the first block of a tag; undefined when it is not opened and closed. */
function blockIn(text: string, tag: string): string | undefined {
  const opening = text.indexOf(`<${tag}>`);
  if (opening < 0) return undefined;
  const start = opening + tag.length + 2;
  const end = text.indexOf(`</${tag}>`, start);
  return end < 0 ? undefined : text.slice(start, end);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function areNumbers(value: unknown, count: number): boolean {
  return (
    Array.isArray(value) &&
    value.length === count &&
    value.every((one) => typeof one === 'number' && Number.isFinite(one))
  );
}
