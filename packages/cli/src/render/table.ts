/** Text tables: the first column is words and leans left, the others are figures and lean right. */

/**
 * Lays rows out under a header, columns as wide as their widest cell and two spaces apart.
 *
 * @example
 * renderTable(['kind', 'before'], [['counting', '0.41']])
 * // kind      before
 * // --------  ------
 * // counting    0.41
 */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? '';
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join(
    '\n',
  );
}
