/** Renders one rollout of the training as a card. */
import { extractMapText, parseCognitiveMap, turnText } from '@loci/core';
import type { CognitiveMap, RolloutLine } from '@loci/core';
import { html } from '../page/html.ts';
import type { Html } from '../page/html.ts';
import { formatFigure } from '../render/format.ts';
import { mapsHtml } from '../page/map-pair.ts';
import { sceneMapsHtml } from './scene-maps.ts';
import { rewardsHtml } from './rollout-rewards.ts';

/** The question, the frames, truth and answer, the maps, the outcome of every reward, and the text. */
export function rolloutHtml(entry: RolloutLine, strip: Html): Html {
  const reward = entry.reward === null ? 'none' : formatFigure(entry.reward);
  return html`<article class="card">
    <div class="question">${entry.problem}</div>
    ${entry.options.length === 0 ? html`` : html`<div>${entry.options.join(' · ')}</div>`} ${strip}
    <div class="answers">
      <span>truth <b>${plainAnswer(entry.solution)}</b></span>
      <span>answer <b>${answerOf(entry)}</b></span>
      <span>reward <b>${reward}</b></span>
    </div>
    ${entry.sceneMap === undefined ? mapsHtml(entry.map, imaginedMap(entry)) : sceneMapsHtml(entry)}
    ${rewardsHtml(entry)}
    <details>
      <summary>What the model wrote</summary>
      <pre>${openedHtml(entry)}${entry.text}</pre>
    </details>
    <div class="faint">
      step ${entry.step}, ${entry.kind}, ${entry.sampleId}${leftOutText(entry)}
    </div>
  </article>`;
}

function leftOutText({ leftOut }: RolloutLine): string {
  if (leftOut === undefined) return '';
  return leftOut === 'truncated'
    ? ', truncated and left out'
    : ', left out: no signal in its group';
}

/** The beginning of the answer by the prompt, paler than the model's text. */
function openedHtml({ opened }: RolloutLine): Html {
  return opened === undefined
    ? html``
    : html`<span class="faint" title="opened by the prompt">${opened}</span>`;
}

/** The answer without its tags. */
function plainAnswer(solution: string): string {
  return solution.replaceAll(/<\/?answer>/g, '').trim();
}

/** The text in the last answer tags. */
function answerOf({ text }: RolloutLine): string {
  const tagged = [...text.matchAll(/<answer>((?:(?!<answer>)[^])*?)<\/answer>/g)].at(-1)?.[1];
  return tagged === undefined ? 'none' : tagged.trim().slice(0, 80);
}

/** The map between the tags of the completion, including categories that the scene does not have. */
function imaginedMap({ opened, text, map: truth }: RolloutLine): CognitiveMap | undefined {
  const drawn = extractMapText(turnText(opened, text));
  if (drawn === undefined) return undefined;
  const map = parseCognitiveMap(drawn, Object.keys(truth ?? {}), { keepUnlisted: true });
  return Object.keys(map).length === 0 ? undefined : map;
}
