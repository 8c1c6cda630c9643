import type { AnyPlugin } from '@loci/core';
import { optionLines } from '../help/option-lines.ts';
import { optionTable } from '../help/option-table.ts';

/** The plugins by kind, then name, each with its description and options. */
export function pluginsText(plugins: readonly AnyPlugin[]): string {
  const kinds = [...new Set(plugins.map(({ kind }) => kind))].sort();
  return kinds
    .map((kind) =>
      plugins
        .filter((plugin) => plugin.kind === kind)
        .sort((a, b) => a.name.localeCompare(b.name, 'en'))
        .map(
          (plugin) =>
            `${kind} ${plugin.name}: ${plugin.description}\n${optionTable(optionLines(plugin.options))}`,
        )
        .join('\n\n'),
    )
    .join('\n\n');
}

/** The same for programs: options by their key, with type, default and description. */
export function pluginsFound(plugins: readonly AnyPlugin[]): readonly object[] {
  return plugins.map(({ kind, name, description, options }) => ({
    ...{ kind, name, description },
    options: optionLines(options),
  }));
}
