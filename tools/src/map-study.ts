/**
 * Measures what map scores tell apart: `nx run tools:map-study`. Prints tables for generated rooms and, when their files are at hand,
 * for layouts of real scans, and draws one picture each. `docs/measurements/2026-11-21-map-scores.md` and `…-map-ranking.md` report them.
 */
import 'reflect-metadata';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '@loci/core';
import { picture } from './map-study/pictures.ts';
import { layoutScenes, roomScenes, type StudyScene } from './map-study/scenes.ts';
import { isScored } from './map-study/scorers.ts';
import { studyOf, type Draws } from './map-study/study.ts';
import { aucTable, meansTable } from './map-study/tables.ts';

const USAGE =
  'usage: nx run tools:map-study [-- --rooms 300 --maps 20 --seed 1 --layouts ../shared/data/scenes --images docs/images]';
const WORKSPACE = join(import.meta.dirname, '..', '..');

interface Settings {
  readonly rooms: number;
  readonly draws: Draws;
  readonly layouts: string;
  readonly images: string;
}

function settings(): Settings | undefined {
  const { values } = parseArgs({
    options: {
      rooms: { type: 'string', default: '300' },
      maps: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      layouts: { type: 'string' },
      images: { type: 'string' },
    },
  });
  const [rooms, maps, seed] = [Number(values.rooms), Number(values.maps), Number(values.seed)];
  const valid = rooms >= 2 && maps >= 1 && [rooms, maps, seed].every(Number.isInteger);
  if (!valid) return undefined;
  const given = (path: string): string => resolve(process.env['INIT_CWD'] ?? '.', path);
  return {
    rooms,
    draws: { seed, maps },
    layouts:
      values.layouts === undefined
        ? join(WORKSPACE, '../shared/data/scenes')
        : given(values.layouts),
    images: values.images === undefined ? join(WORKSPACE, 'docs/images') : given(values.images),
  };
}

async function report(
  title: string,
  name: string,
  found: readonly StudyScene[],
  { draws, images }: Settings,
): Promise<void> {
  const scenes = found.filter(isScored);
  const study = studyOf(scenes, draws);
  const file = join(images, `map-study-${name}.svg`);
  console.log(`## ${title}\n`);
  console.log(
    `${scenes.length} scenes, ${draws.maps} maps of each kind a scene; ${found.length - scenes.length} scenes left out because a blind guess gets them right.\n`,
  );
  console.log(`${meansTable(study)}\n`);
  console.log(`${aucTable(study)}\n`);
  await mkdir(images, { recursive: true });
  await writeFile(file, picture(`${title} (${scenes.length})`, study));
  console.log(`drawn: ${file}\n`);
}

async function main(): Promise<number> {
  const chosen = settings();
  if (chosen === undefined) {
    console.error(USAGE);
    return 2;
  }
  await report('Generated rooms', 'rooms', roomScenes(chosen.rooms, chosen.draws.seed), chosen);
  const layouts = await layoutScenes(chosen.layouts);
  if (typeof layouts === 'string') console.log(`Real layouts are skipped: ${layouts}`);
  else await report('Real layouts', 'layouts', layouts, chosen);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`map-study: ${messageOf(error)}`);
  process.exitCode = 2;
}
