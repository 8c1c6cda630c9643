import { readSceneMap, sceneMapNames, sceneMapSvg, turnText } from '@loci/core';
import type { RolloutLine, SceneMap } from '@loci/core';
import { html, trusted } from '../page/html.ts';
import type { Html } from '../page/html.ts';

/** True and imagined map of a rollout in another form than SpaceR's, side by side; nothing where its sample has none. */
export function sceneMapsHtml({ sceneMap, opened, text }: RolloutLine): Html {
  if (sceneMap === undefined) return html``;
  const read = readSceneMap(turnText(opened, text), sceneMap.format);
  const imagined = 'fault' in read ? undefined : read;
  const names = [sceneMap, imagined].flatMap((map) => (map ? sceneMapNames(map) : []));
  const figure = (map: SceneMap | undefined, title: string): Html =>
    map === undefined
      ? html`<figure><figcaption>${title}: none</figcaption></figure>`
      : html`<figure>
          <figcaption>${title}</figcaption>
          ${trusted(sceneMapSvg(map, names, title))}
        </figure>`;
  return html`<div class="row">
    ${figure(sceneMap, 'true map')} ${figure(imagined, 'imagined map')}
  </div>`;
}
