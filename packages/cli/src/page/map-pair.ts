/** Renders the true and the imagined map side by side. */
import type { CognitiveMap } from '@loci/core';
import { html, trusted } from './html.ts';
import type { Html } from './html.ts';
import { categoriesOf, mapSvg, pageColorOf } from './maps.ts';

/** Both maps with the key of their colors, and the true map as rings below the imagined one; nothing where there is no map. */
export function mapsHtml(
  truth: CognitiveMap | undefined,
  imagined: CognitiveMap | undefined,
): Html {
  if (truth === undefined && imagined === undefined) return html``;
  const categories = categoriesOf([truth, imagined]);
  const figure = (map: CognitiveMap | undefined, title: string, rings?: CognitiveMap): Html =>
    map === undefined
      ? html`<figure class="map"><figcaption>${title}: none</figcaption></figure>`
      : html`<figure class="map">
          <figcaption>${title}</figcaption>
          ${trusted(mapSvg(map, categories, title, { truth: rings, onPage: true }))}
        </figure>`;
  return html`<div class="row">
      ${truth === undefined ? html`` : figure(truth, 'true map')}
      ${figure(imagined, truth && imagined ? 'imagined map, true as rings' : 'imagined map', truth)}
    </div>
    <div class="keys">
      ${categories.map(
        (category) =>
          html`<span
            ><span class="key" style="background: ${pageColorOf(category, categories)}"></span
            >${category}</span
          >`,
      )}
    </div>`;
}
