/** Compares two evaluations: the difference, the settings that may explain it, and the items that flipped. */
import { useState } from 'preact/hooks';
import type {
  ComparisonView,
  EvaluationSummary,
  FlipView,
  RunSummary,
} from '../../src/wire/wire.ts';
import { Differences } from '../config/differences.tsx';
import { useFetched } from '../data/fetching.ts';
import { counted, figure, percent } from '../format.ts';

/** Flips on the first page. */
const SHOWN = 30;

/** @param against `<run>:<key>` of the evaluation to compare with. */
export function ComparisonPanel(props: {
  readonly run: RunSummary;
  readonly evaluation: EvaluationSummary;
  readonly against: string;
}) {
  const { run, evaluation, against } = props;
  const [second = '', ...key] = against.split(':');
  // The evaluation to compare with comes first, so that differences read as changes from there to here.
  const query = new URLSearchParams({
    first: second,
    firstKey: key.join(':'),
    second: run.id,
    secondKey: evaluation.key,
  });
  const { value: view, problem } = useFetched<ComparisonView>(`api/compare/evaluations?${query}`);
  const [which, setWhich] = useState<'gained' | 'lost'>('lost');
  const [showsAll, setShowsAll] = useState(false);
  if (problem !== undefined) return <p class="problem">{problem}</p>;
  if (view === undefined) return <p class="empty">Comparing…</p>;
  if (view.shared === 0) return <p class="empty">The two have no scored item in common.</p>;
  const flips = view.flips.filter((flip) => gain(flip) > 0 === (which === 'gained'));
  return (
    <>
      <p class="headline">
        Mean score {percent(view.first)} → <b>{percent(view.second)}</b> on the{' '}
        {counted(view.shared, 'item')} that both have
        {view.scorer !== '' && ` (${view.scorer})`}; {view.gained} gained, {view.lost} lost.
      </p>
      {view.differences.length > 0 && (
        <details>
          <summary>Settings that differ: {view.differences.length}</summary>
          <Differences entries={view.differences} names={['first', 'second']} />
        </details>
      )}
      <div class="controls">
        <label>
          Items
          <select
            value={which}
            onChange={({ currentTarget }) => setWhich(currentTarget.value as 'gained' | 'lost')}
          >
            <option value="lost">lost ({view.lost})</option>
            <option value="gained">gained ({view.gained})</option>
          </select>
        </label>
      </div>
      <div class="items">
        {flips.slice(0, showsAll ? flips.length : SHOWN).map((flip) => (
          <Flip key={flip.id} flip={flip} />
        ))}
      </div>
      {!showsAll && flips.length > SHOWN && (
        <button type="button" onClick={() => setShowsAll(true)}>
          Show {flips.length - SHOWN} more
        </button>
      )}
    </>
  );
}

function gain({ first, second }: FlipView): number {
  return (second.score ?? 0) - (first.score ?? 0);
}

function Flip({ flip }: { readonly flip: FlipView }) {
  const { id, task, question, answer, first, second } = flip;
  return (
    <article class="item">
      <p>
        <b>{question}</b>{' '}
        <span class="faint">
          {task}, {id}
        </span>
      </p>
      <p class="member-figures">
        <span>
          truth <b>{answer}</b>
        </span>
        <span>
          {first.normalised ?? '–'} → <b>{second.normalised ?? '–'}</b>
        </span>
        <span>
          score {figure(first.score)} →{' '}
          <b class={gain(flip) > 0 ? 'good' : 'bad'}>{figure(second.score)}</b>
        </span>
      </p>
      <details>
        <summary>Both answers</summary>
        <div class="pair">
          <pre>{first.output}</pre>
          <pre>{second.output}</pre>
        </div>
      </details>
    </article>
  );
}
