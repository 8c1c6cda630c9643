/** Writes the imagined map as a picture file. */
import { extname } from 'node:path';
import { LociError, sceneMapNames, sceneMapSvg, writeFileWhole } from '@loci/core';
import type { CognitiveMap, SceneMap } from '@loci/core';
import { escapeHtml } from '../page/html.ts';
import { categoriesOf, colorOf, mapSvg } from '../page/maps.ts';
import { outFile } from '../written-paths.ts';

/** Pixels of a PNG per unit of the drawing. */
const DENSITY = 3;
const LINE = 14;

/**
 * The path for a picture, checked before a model is loaded.
 *
 * @throws LociError `flag-misplaced` for a file name that does not end in `.svg` or `.png`, `not-a-file`.
 */
export function picturePath(typed: string, base: string): string {
  const end = extname(typed).toLowerCase();
  if (end === '.svg' || end === '.png') return outFile(typed, base, '--map');
  throw new LociError(
    'flag-misplaced',
    `--map ${typed} must end in .svg or .png, which decides the format`,
  );
}

/**
 * Writes the map, with the names of its objects below it, as SVG or PNG, depending on the end of the path.
 *
 * @throws LociError `not-writable`, `disk-full`.
 */
export async function writeMapPicture(path: string, map: CognitiveMap): Promise<void> {
  return writeDrawing(path, mapDrawing(map));
}

/** The same for a map in another form. @throws LociError `not-writable`, `disk-full`. */
export async function writeSceneMapPicture(path: string, map: SceneMap): Promise<void> {
  return writeDrawing(path, sceneMapSvg(map, sceneMapNames(map), 'the imagined map'));
}

async function writeDrawing(path: string, drawing: string): Promise<void> {
  if (extname(path).toLowerCase() === '.svg') return writeFileWhole(path, drawing);
  const { sharp } = await import('@loci/media/sharp');
  const dots = 72 * DENSITY;
  writeFileWhole(path, await sharp(Buffer.from(drawing), { density: dots }).png().toBuffer());
}

/** The drawing of reports with a legend, as SVG. */
export function mapDrawing(map: CognitiveMap): string {
  const categories = categoriesOf([map]);
  const grid = mapSvg(map, categories, 'the imagined map');
  const [, width = '0', height = '0'] = /width="(\d+)" height="(\d+)"/u.exec(grid) ?? [];
  const legend = categories.map((category, index) => {
    const y = Number(height) + LINE * (index + 0.5);
    const cells = map[category]!.map(([x, row]) => `[${x},${row}]`).join(' ');
    return (
      `<circle cx="22" cy="${y - 3}" r="4" fill="${colorOf(category, categories)}"/>` +
      `<text x="32" y="${y}">${escapeHtml(`${category} ${cells}`)}</text>`
    );
  });
  const tall = Number(height) + LINE * categories.length;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${tall}" viewBox="0 0 ${width} ${tall}" font-family="sans-serif" font-size="9">` +
    `<rect width="${width}" height="${tall}" fill="#fff"/>${grid}${legend.join('')}</svg>`
  );
}
