/** The rollouts of a run that pass a filter, page by page. */
import type { RolloutPage, RolloutRow, RunSummary } from '../../src/wire/wire.ts';
import { useFetched } from '../data/fetching.ts';
import { go, link } from '../data/route.ts';
import type { Route } from '../data/route.ts';
import { counted, figure, signed } from '../format.ts';
import { FilterFields } from './filter-fields.tsx';

const LIMIT = 50;

/** The fields of the filter, the list, and links to other pages. */
export function RolloutsView({ run, route }: { readonly run: RunSummary; readonly route: Route }) {
  const values = Object.fromEntries(route.query);
  const { offset: from = '0', ...filter } = values;
  const offset = Number(from);
  const query = new URLSearchParams({ ...withoutEmpty(values), limit: String(LIMIT) });
  const version = `${run.rollouts}/${run.generation}`;
  const { value: page, problem } = useFetched<RolloutPage>(
    `api/runs/${run.id}/rollouts?${query}`,
    version,
  );
  const place = ['run', run.id, 'rollouts'];
  const to = (start: number): string =>
    link(place, { ...filter, offset: start === 0 ? undefined : start });
  return (
    <section aria-label="Rollouts">
      <FilterFields
        values={filter}
        onChange={(next) => go(link(place, next), true)}
        kinds={page?.kinds ?? []}
        parts={page?.parts ?? []}
      />
      {problem !== undefined && <p class="problem">{problem}</p>}
      {page === undefined && problem === undefined && <p class="empty">Reading the rollouts…</p>}
      {page !== undefined && (
        <>
          <p class="found" role="status">
            {found(page)} <Reading page={page} />
          </p>
          <RolloutTable rows={page.rows} run={run} filter={filter} />
          {page.matched > LIMIT && (
            <nav class="pages" aria-label="Pages of rollouts">
              <PageLink
                title="Before"
                to={offset > 0 ? to(Math.max(0, offset - LIMIT)) : undefined}
              />
              <span>
                {(offset + 1).toLocaleString('en')}–
                {Math.min(offset + LIMIT, page.matched).toLocaleString('en')} of{' '}
                {page.matched.toLocaleString('en')}
              </span>
              <PageLink
                title="Next"
                to={offset + LIMIT < page.matched ? to(offset + LIMIT) : undefined}
              />
            </nav>
          )}
        </>
      )}
    </section>
  );
}

function found({ matched, total }: RolloutPage): string {
  if (matched === total) return counted(total, 'rollout');
  return `${matched.toLocaleString('en')} of ${counted(total, 'rollout')}`;
}

function Reading({ page: { indexed } }: { readonly page: RolloutPage }) {
  const [read, size] = indexed;
  if (size - read < 65_536) return null;
  return <span class="faint">(reading the file: {Math.round((100 * read) / size)} %)</span>;
}

function PageLink({ title, to }: { readonly title: string; readonly to: string | undefined }) {
  return to === undefined ? <span class="faint">{title}</span> : <a href={to}>{title}</a>;
}

function RolloutTable(props: {
  readonly rows: readonly RolloutRow[];
  readonly run: RunSummary;
  readonly filter: Readonly<Record<string, string>>;
}) {
  const { rows, run, filter } = props;
  if (rows.length === 0) return <p class="empty">No rollout passes this filter.</p>;
  const rewards = Object.keys(rows[0]!.values);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Table of rollouts">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">reward</th>
            <th scope="col">adv.</th>
            {rewards.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
            <th scope="col" class="words">
              question and answer
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.row}>
              <td data-label="step">{row.step}</td>
              <td data-label="reward">
                <b>{figure(row.reward)}</b>
              </td>
              <td data-label="adv." class={tone(row.advantage)}>
                {signed(row.advantage)}
              </td>
              {rewards.map((name) => (
                <td key={name} data-label={name}>
                  {figure(row.values[name])}
                </td>
              ))}
              <td class="words">
                <a href={link(['run', run.id, 'rollouts', String(row.row)], filter)}>
                  {row.problem}
                </a>
                <span class="faint"> {row.kind}</span>
                {row.look !== undefined && <span class="tag">{row.look}</span>}
                {row.leftOut !== undefined && <span class="tag">left out: {row.leftOut}</span>}
                <span class="excerpt">{row.text}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The class of an advantage's color. */
export function tone(advantage: number | null): string {
  if (advantage === null || advantage === 0) return 'faint';
  return advantage > 0 ? 'good' : 'bad';
}

function withoutEmpty(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}
