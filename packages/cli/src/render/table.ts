/** Renders text tables: words in the first column, aligned left, and figures in the others, aligned right. */

/**
 * Lays rows out under a header, with columns as wide as their widest cell and two spaces apart. Where they do not fit, titles are
 * wrapped at their spaces; columns that still do not fit go into a further table below, which repeats the first column.
 *
 * @param width most characters of a line; no limit when absent.
 * @example
 * renderTable(['kind', 'before'], [['counting', '0.41']])
 * // kind      before
 * // --------  ------
 * // counting    0.41
 */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string {
  const columns = header.map((title, index) =>
    columnOf(
      title,
      rows.map((row) => row[index] ?? ''),
    ),
  );
  if (widthOf(columns) <= width) return laidOut(columns);
  const narrow = columns.map(withBrokenTitle);
  const [first, ...others] = narrow;
  if (first === undefined || widthOf(narrow) <= width) return laidOut(narrow);
  const parts: Column[][] = [];
  for (const column of others) {
    const last = parts.at(-1);
    if (last !== undefined && widthOf([first, ...last, column]) <= width) last.push(column);
    else parts.push([column]);
  }
  return parts.map((part) => laidOut([first, ...part])).join('\n\n');
}

/** A column with the lines of its title. */
interface Column {
  readonly title: readonly string[];
  readonly cells: readonly string[];
  readonly width: number;
}

const GAP = '  ';

function columnOf(title: string, cells: readonly string[]): Column {
  return { title: [title], cells, width: longest([title, ...cells]) };
}

/** The column with its title wrapped to the width of its cells, or of the title's longest word. */
function withBrokenTitle({ title: [whole = ''], cells }: Column): Column {
  const words = whole.split(/ (?![^[]*\])/u);
  const bound = longest([...cells, ...words]);
  const lines: string[] = [];
  for (const word of words) {
    const joined = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && joined.length <= bound) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return { title: lines, cells, width: bound };
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}

function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + width + GAP.length, -GAP.length);
}

function laidOut(columns: readonly Column[]): string {
  const depth = Math.max(1, ...columns.map(({ title }) => title.length));
  const line = (cellOf: (column: Column) => string | undefined): string =>
    columns
      .map((column, index) => {
        const cell = cellOf(column) ?? '';
        return index === 0 ? cell.padEnd(column.width) : cell.padStart(column.width);
      })
      .join(GAP)
      .trimEnd();
  return [
    ...Array.from({ length: depth }, (_, at) =>
      line(({ title }) => title[at - (depth - title.length)]),
    ),
    line(({ width }) => '-'.repeat(width)),
    ...(columns[0]?.cells ?? []).map((_, row) => line(({ cells }) => cells[row])),
  ].join('\n');
}
