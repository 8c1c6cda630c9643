import type { CognitiveMap, RolloutLine } from '@loci/core';
import { html, trusted } from '../page/html.ts';
import type { Html } from '../page/html.ts';
import { formatFigure } from '../render/format.ts';
import { categoriesOf, colourOf, mapSvg } from './maps.ts';
import { sceneMapsHtml } from './scene-maps.ts';
import { rewardsHtml } from './rollout-rewards.ts';

/** One rollout: the question, what the model saw, the maps, its text, and what every reward said. */
export function rolloutHtml(
  entry: RolloutLine,
  strip: Html,
  imagined: CognitiveMap | undefined,
): Html {
  const reward = entry.reward === null ? 'none' : formatFigure(entry.reward);
  return html`<div class="card">
    <h3>
      reward ${reward}
      <span class="faint"
        >step ${entry.step}, ${entry.kind}, ${entry.sampleId}${leftOutText(entry)}</span
      >
    </h3>
    <div>${entry.problem}</div>
    <div class="faint">
      ${[...entry.options, `truth: ${plainAnswer(entry.solution)}`].join(' · ')}
    </div>
    ${strip} ${entry.sceneMap === undefined ? mapsHtml(entry.map, imagined) : sceneMapsHtml(entry)}
    <pre>${openedHtml(entry)}${entry.text}</pre>
    ${rewardsHtml(entry)}
  </div>`;
}

function leftOutText({ leftOut }: RolloutLine): string {
  if (leftOut === undefined) return '';
  return leftOut === 'truncated'
    ? ', truncated and left out'
    : ', left out: no signal in its group';
}

/** What the prompt opened of the answer, paler than what the model wrote. */
function openedHtml({ opened }: RolloutLine): Html {
  return opened === undefined
    ? html``
    : html`<span class="faint" title="opened by the prompt">${opened}</span>`;
}

/** True and imagined map beside each other, with the key of their colours. */
export function mapsHtml(
  truth: CognitiveMap | undefined,
  imagined: CognitiveMap | undefined,
): Html {
  if (truth === undefined && imagined === undefined) return html``;
  const categories = categoriesOf([truth, imagined]);
  const figure = (map: CognitiveMap | undefined, title: string): Html =>
    map === undefined
      ? html`<figure><figcaption>${title}: none</figcaption></figure>`
      : html`<figure>
          <figcaption>${title}</figcaption>
          ${trusted(mapSvg(map, categories, title))}
        </figure>`;
  return html`<div class="row">
      ${figure(truth, 'true map')} ${figure(imagined, 'imagined map')}
    </div>
    <div class="faint">
      ${categories.map(
        (category) =>
          html`<span class="key" style="background: ${colourOf(category, categories)}"></span
            >${category}`,
      )}
    </div>`;
}

/** The answer without its tags. */
function plainAnswer(solution: string): string {
  return solution.replaceAll(/<\/?answer>/g, '').trim();
}
