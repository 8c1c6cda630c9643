/** Formats Markdown tables: the first column is left-aligned, figures are right-aligned. */

/**
 * A table of rows under a header.
 *
 * @example markdownTable(['phase', 'ms'], [['update', '13']])
 */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, column) => (column === 0 ? '---' : '---:'));
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}
