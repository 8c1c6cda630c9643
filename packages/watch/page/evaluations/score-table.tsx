/** The figures of an evaluation: a row per task, a column per scorer. */
import type { EvaluationView, FigureView } from '../../src/wire/wire.ts';
import { percent } from '../format.ts';

/** The table, or a note before there is a report. */
export function ScoreTable({ view }: { readonly view: EvaluationView }) {
  if (view.table.length === 0) return <p class="faint">The evaluation has no report yet.</p>;
  const columns = view.table[0]!.figures.length;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Figures of the evaluation">
      <table>
        <thead>
          <tr>
            <th scope="col" class="words">
              share of full score
            </th>
            {Array.from({ length: columns }, (_, index) => (
              <th scope="col" key={index}>
                {view.scorers[index] ?? 'score'}
              </th>
            ))}
            <th scope="col">items</th>
          </tr>
        </thead>
        <tbody>
          {view.table.map(({ title, figures }) => (
            <tr key={title}>
              <th scope="row" class="words">
                {title}
              </th>
              {figures.map((one, index) => (
                <td key={index}>{withInterval(one)}</td>
              ))}
              <td>{figures[0]?.count ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function withInterval(one: FigureView | null) {
  if (one === null) return '–';
  return (
    <>
      <b>{percent(one.value)}</b>
      {one.low !== null && one.high !== null && (
        <span class="faint interval">
          {' '}
          {(one.low * 100).toFixed(1)}–{(one.high * 100).toFixed(1)}
        </span>
      )}
    </>
  );
}
