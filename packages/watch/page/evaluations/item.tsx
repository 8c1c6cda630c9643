/** One item of an evaluation with its answer. */
import { useState } from 'preact/hooks';
import type { ItemView } from '../../src/wire/wire.ts';
import { figure } from '../format.ts';
import { Medium } from '../rollouts/medium.tsx';
import { MapView, categoriesOf } from '../rollouts/map-view.tsx';
import { SceneDrawing } from '../rollouts/scene-drawing.tsx';

/**
 * Question, truth, answer, score, media, and both maps where there are any.
 *
 * @param address of the evaluation on the server.
 */
export function Item({ item, address }: { readonly item: ItemView; readonly address: string }) {
  const { id, task, question, options, answer, output, silence, score, normalised, reason } = item;
  const categories = categoriesOf([item.map, item.imagined]);
  return (
    <article class="item">
      <p>
        <b>{question}</b>{' '}
        <span class="faint">
          {task}, {id}
        </span>
      </p>
      {options.length > 0 && <p class="faint">{options.join(' · ')}</p>}
      <p class="member-figures">
        <span>
          truth <b>{answer}</b>
        </span>
        <span>
          answer <b>{normalised ?? '–'}</b>
        </span>
        <span>
          score <b class={(score ?? 0) >= 0.5 ? 'good' : 'bad'}>{figure(score)}</b>
        </span>
        {reason !== undefined && <span class="faint">{reason}</span>}
      </p>
      {silence === undefined ? <pre>{output}</pre> : <p class="problem">{silence}</p>}
      {item.media.length > 0 && <Shown address={`${address}/items/${item.row}`} item={item} />}
      {item.scene !== undefined && (
        <details>
          <summary>Maps</summary>
          <div class="sight">
            <SceneDrawing drawing={item.scene.truth} title="True map" />
            <SceneDrawing drawing={item.scene.imagined} title="Imagined map" />
          </div>
        </details>
      )}
      {(item.map !== undefined || item.imagined !== undefined) && (
        <details>
          <summary>Maps</summary>
          <div class="sight">
            {item.map !== undefined && (
              <MapView map={item.map} categories={categories} title="True map" small />
            )}
            <MapView
              map={item.imagined}
              categories={categories}
              title="Imagined map"
              truth={item.map ?? {}}
              small
            />
          </div>
        </details>
      )}
    </article>
  );
}

/** The media of an item. Frames are decoded only when somebody opens them: a page has twenty items. */
function Shown({ item, address }: { readonly item: ItemView; readonly address: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Media{item.condition === 'as-filmed' ? '' : ` (${item.condition})`}</summary>
      {isOpen && (
        <div class="sight">
          {item.media.map((medium, number) => (
            <Medium key={number} address={`${address}/media/${number}`} medium={medium} />
          ))}
        </div>
      )}
    </details>
  );
}
