/** Tables in Markdown: the first column leans left, figures lean right. */

/**
 * Lays rows out under a header.
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
