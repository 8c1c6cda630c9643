/** Entries that differ between two configs or records, side by side. */
import type { EntryView } from '../../src/wire/wire.ts';

/** A table of differences. */
export function Differences(props: {
  readonly entries: readonly EntryView[];
  readonly names: readonly [string, string];
}) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Differences">
      <table class="differences">
        <thead>
          <tr>
            <th scope="col" class="words">
              entry
            </th>
            {props.names.map((name) => (
              <th scope="col" class="words" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.entries.map(({ entry, first, second }) => (
            <tr key={entry}>
              <th scope="row" class="words">
                {entry}
              </th>
              <td class="words">{first ?? <span class="faint">unset</span>}</td>
              <td class="words">{second ?? <span class="faint">unset</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
