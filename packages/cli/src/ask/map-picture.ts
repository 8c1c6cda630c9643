/** The imagined map as a picture file. */
import { extname } from 'node:path';
import { LociError, writeFileWhole } from '@loci/core';
import type { CognitiveMap } from '@loci/core';
import sharp from 'sharp';
import { categoriesOf, mapSvg } from '../report/maps.ts';
import { outFile } from '../written-paths.ts';

/** Dots of a PNG for one of the drawing's. */
const DENSITY = 3;

/**
 * The path for a picture, checked before a model is loaded.
 *
 * @throws LociError `flag-misplaced` for another end than `.svg` and `.png`, `not-a-file`.
 */
export function picturePath(typed: string, base: string): string {
  const end = extname(typed).toLowerCase();
  if (end === '.svg' || end === '.png') return outFile(typed, base, '--map');
  throw new LociError(
    'flag-misplaced',
    `--map ${typed} must end in .svg or .png, which says how the map is drawn`,
  );
}

/**
 * Writes the map as SVG or PNG, by the end of the path.
 *
 * @throws LociError `not-writable`, `disk-full`.
 */
export async function writeMapPicture(path: string, map: CognitiveMap): Promise<void> {
  const drawing = mapSvg(map, categoriesOf([map]), 'the imagined map');
  if (extname(path).toLowerCase() === '.svg') return writeFileWhole(path, drawing);
  const dots = 72 * DENSITY;
  writeFileWhole(path, await sharp(Buffer.from(drawing), { density: dots }).png().toBuffer());
}
