/** Draws maps in other forms than SpaceR's, as addresses of pictures for the page. */
import { readSceneMap, sceneMapNames, sceneMapSvg, turnText } from '@loci/core';
import type { SceneMap } from '@loci/core';

/** The true map, drawn. */
export function truthDrawing(truth: SceneMap): string {
  return asPicture(sceneMapSvg(truth, sceneMapNames(truth), 'True map'));
}

/** The map that a completion draws; undefined where it draws none, or an unreadable one. */
export function imaginedDrawing(
  text: string,
  opened: string | undefined,
  truth: SceneMap,
): string | undefined {
  const read = readSceneMap(turnText(opened, text), truth.format);
  if ('fault' in read) return undefined;
  const names = [...sceneMapNames(truth), ...sceneMapNames(read)];
  return asPicture(sceneMapSvg(read, names, 'Imagined map'));
}

function asPicture(svg: string): string {
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
