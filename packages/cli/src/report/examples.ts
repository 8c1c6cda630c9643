/** Renders held-out questions with the answers before and after training: learned, lost, and still wrong ones. */
import { join } from 'node:path';
import { html } from '../page/html.ts';
import type { Html } from '../page/html.ts';
import type { Section } from '../page/page.ts';
import type { FrameSource } from '../page/frames.ts';
import { isRight, itemHtml, readItems, scoreOf } from '../page/items.ts';
import type { AnsweredItem } from '../page/items.ts';

/** Examples of each sort. */
const SHOWN = 2;
/** Least change of a score that makes an example. */
const CHANGE = 0.4;

/** An item with its answer before training, where there is one, and after. */
interface Pair {
  readonly before?: AnsweredItem;
  readonly after: AnsweredItem;
}

/** Examples of a run, from the evaluation before training while there is none after; undefined where no answers were kept. */
export async function examplesSection(
  runDirectory: string,
  frames: FrameSource,
): Promise<Section | undefined> {
  const read = (name: string): readonly AnsweredItem[] =>
    readItems(join(runDirectory, 'evaluations', name));
  const [before, after] = [read('before'), read('after')];
  const earlier = new Map(before.map((item) => [item.row.item.id, item]));
  const pairs = (after.length > 0 ? after : before).map((item): Pair => {
    const first = after.length > 0 ? earlier.get(item.row.item.id) : undefined;
    return { after: item, ...(first && { before: first }) };
  });
  if (pairs.length === 0) return undefined;
  const hasBoth = after.length > 0 && before.length > 0;
  const gain = (pair: Pair): number =>
    pair.before === undefined ? 0 : (scoreOf(pair.after) ?? 0) - (scoreOf(pair.before) ?? 0);
  const ranked = pairs.toSorted((a, b) => gain(b) - gain(a));
  const learned = ranked.filter((pair) => gain(pair) >= CHANGE).slice(0, SHOWN);
  const lost = ranked.filter((pair) => gain(pair) <= -CHANGE).slice(-SHOWN);
  const shown = new Set([...learned, ...lost]);
  const others = pairs.filter((pair) => !shown.has(pair));
  const wrong = spreadOver(
    others.filter(({ after: item }) => scoreOf(item) !== undefined && !isRight(item)),
  );
  const right = spreadOver(others.filter(({ after: item }) => isRight(item)));
  const parts = [
    ['Learned', learned],
    ['Lost', lost],
    [hasBoth ? 'Still wrong' : 'Wrong', wrong],
    ['Right', right],
  ] as const;
  const bodies = await Promise.all(
    parts.map(async ([title, some]) =>
      some.length === 0
        ? html``
        : html`<h3>${title}</h3>
            ${await cards(some, frames)}`,
    ),
  );
  return { title: 'Examples: held-out questions', body: html`${bodies}` };
}

/** The first pairs, from different tasks where possible. */
function spreadOver(pairs: readonly Pair[]): readonly Pair[] {
  const byTask = new Map<string, Pair>();
  for (const pair of pairs) {
    const { task } = pair.after.row.item;
    if (!byTask.has(task)) byTask.set(task, pair);
  }
  const first = [...byTask.values()];
  return [...first, ...pairs.filter((pair) => !first.includes(pair))].slice(0, SHOWN);
}

async function cards(pairs: readonly Pair[], frames: FrameSource): Promise<Html> {
  const items = pairs.map(({ before, after }) =>
    itemHtml(
      before === undefined
        ? [['answer', after]]
        : [
            ['before', before],
            ['after', after],
          ],
      frames,
    ),
  );
  return html`<div class="cards">${await Promise.all(items)}</div>`;
}
