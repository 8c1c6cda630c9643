/** One evaluation: its figures with intervals, and its items, wrong ones first. */
import { useState } from 'preact/hooks';
import type { EvaluationSummary, EvaluationView, RunSummary } from '../../src/wire/wire.ts';
import { useFetched, useSettled } from '../data/fetching.ts';
import { go, link } from '../data/route.ts';
import type { Route } from '../data/route.ts';
import { counted } from '../format.ts';
import { Item } from './item.tsx';
import { ScoreTable } from './score-table.tsx';

const LIMIT = 20;
const OUTCOMES = [
  ['', 'all items'],
  ['wrong', 'wrong ones'],
  ['right', 'right ones'],
  ['silent', 'without an answer'],
] as const;

/** Table and items. */
export function EvaluationPanel(props: {
  readonly run: RunSummary;
  readonly evaluation: EvaluationSummary;
  readonly route: Route;
}) {
  const { run, evaluation, route } = props;
  const asked = (name: string, usual = ''): string => route.query.get(name) ?? usual;
  const [text, setText] = useState(asked('text'));
  const settled = useSettled(text, 150);
  const filter = {
    key: evaluation.key,
    scorer: asked('scorer'),
    condition: asked('condition', 'as-filmed'),
    task: asked('task'),
    outcome: asked('outcome', 'wrong'),
  };
  const offset = Number(asked('offset', '0'));
  const known = Object.entries({
    ...filter,
    text: settled,
    limit: String(LIMIT),
    offset: String(offset),
  });
  const query = new URLSearchParams(known.filter(([, value]) => value !== '' && value !== 'all'));
  const { value: view, problem } = useFetched<EvaluationView>(
    `api/runs/${run.id}/evaluation?${query}`,
    run.changedAt,
  );
  if (problem !== undefined) return <p class="problem">{problem}</p>;
  if (view === undefined) return <p class="empty">Reading the evaluation…</p>;
  const place = ['run', run.id, 'evaluations'];
  const set = (name: string, value: string): void =>
    go(link(place, { ...filter, [name]: value }), true);
  const choice = (
    name: keyof typeof filter,
    title: string,
    options: readonly (readonly [string, string])[],
  ) => (
    <label>
      {title}
      <select value={filter[name]} onChange={({ currentTarget }) => set(name, currentTarget.value)}>
        {options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
  const plain = (values: readonly string[]) => values.map((value) => [value, value] as const);
  return (
    <>
      <h2>{view.title}</h2>
      {view.model !== '' && <p class="faint">{view.model}</p>}
      <ScoreTable view={view} />
      {view.settings.length > 0 && (
        <details>
          <summary>Settings</summary>
          <dl class="settings">
            {view.settings.map(([entry, value]) => (
              <div key={entry}>
                <dt>{entry}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {!evaluation.hasItems ? (
        <p class="empty">An earlier release kept no answers of this evaluation.</p>
      ) : (
        <>
          <form
            class="controls filter"
            role="search"
            aria-label="Items"
            onSubmit={(event) => event.preventDefault()}
          >
            <label class="wide">
              Text
              <input
                type="search"
                value={text}
                onInput={({ currentTarget }) => setText(currentTarget.value)}
              />
            </label>
            {choice(
              'outcome',
              'Which',
              OUTCOMES.map(([value, title]) => [value === '' ? 'all' : value, title] as const),
            )}
            {choice('task', 'Task', [['', 'all tasks'], ...plain(view.tasks)])}
            {choice('condition', 'Shown', plain(view.conditions))}
            {view.scorers.length > 1 && choice('scorer', 'Scorer', plain(view.scorers))}
          </form>
          <p class="found" role="status">
            {counted(view.matched, 'item')}
          </p>
          <div class="items">
            {view.items.map((item) => (
              <Item
                key={item.row}
                item={item}
                address={`api/runs/${run.id}/evaluation/${encodeURIComponent(evaluation.key)}`}
              />
            ))}
          </div>
          {view.matched > LIMIT && (
            <nav class="pages" aria-label="Pages of items">
              {offset > 0 && (
                <a href={link(place, { ...filter, offset: Math.max(0, offset - LIMIT) })}>Before</a>
              )}
              <span>
                {offset + 1}–{Math.min(offset + LIMIT, view.matched)} of {view.matched}
              </span>
              {offset + LIMIT < view.matched && (
                <a href={link(place, { ...filter, offset: offset + LIMIT })}>Next</a>
              )}
            </nav>
          )}
        </>
      )}
    </>
  );
}
