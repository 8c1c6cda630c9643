import { basename, join } from 'node:path';
import {
  extractMapText,
  parseCognitiveMap,
  readPlaces,
  relocated,
  turnText,
  writeFileWhole,
} from '@loci/core';
import type { CognitiveMap, RolloutLine } from '@loci/core';
import { html } from '../page/html.ts';
import type { Html } from '../page/html.ts';
import { renderPage } from '../page/page.ts';
import { panelSvg } from './curves.ts';
import { stripHtml } from './frames.ts';
import { rewardPanel } from './panels.ts';
import { readRun } from './read-run.ts';
import { runSections } from './sections.ts';
import type { RolloutSight } from './sections.ts';

const FRAMES = 8;
const FRAME_WIDTH = 120;

/**
 * Writes `report.html` (one file: curves, evaluation, frames beside maps, rollouts) and `reward.svg` into a run folder.
 *
 * @returns the path of the page.
 * @throws LociError `run-unreadable` when the folder is no run, `not-writable`, `disk-full`.
 */
export async function writeReport(directory: string): Promise<string> {
  const run = await readRun(directory);
  const steps = run.metrics.at(-1)?.step ?? 0;
  const page = renderPage(
    `Run ${basename(directory)}`,
    `${steps} steps, ${run.rollouts.count} rollouts`,
    await runSections(run, createSight(directory)),
  );
  const path = join(directory, 'report.html');
  writeFileWhole(path, page);
  if (steps > 0) {
    const svg = await panelSvg(rewardPanel(run.metrics), { width: 800, height: 400 });
    writeFileWhole(join(directory, 'reward.svg'), svg);
  }
  return path;
}

/** Decodes each video once, however many rollouts it has on the page; finds it where it lies now when the run was moved with it. */
function createSight(directory: string): RolloutSight {
  const strips = new Map<string, Promise<Html>>();
  const places = readPlaces(directory);
  return {
    async strip({ media }) {
      const rows = media.map((medium) => {
        const key = `${medium.path}\n${medium.second ?? ''}`;
        const path = relocated(medium.path, directory, places);
        const strip = strips.get(key) ?? stripHtml({ ...medium, path }, FRAMES, FRAME_WIDTH);
        strips.set(key, strip);
        return strip;
      });
      return html`${await Promise.all(rows)}`;
    },
    imaginedMap,
  };
}

/** The map between the tags of the completion, with categories that the scene does not have as well. */
function imaginedMap({ opened, text, map: truth }: RolloutLine): CognitiveMap | undefined {
  const drawn = extractMapText(turnText(opened, text));
  if (drawn === undefined) return undefined;
  const map = parseCognitiveMap(drawn, Object.keys(truth ?? {}), { keepUnlisted: true });
  return Object.keys(map).length === 0 ? undefined : map;
}
