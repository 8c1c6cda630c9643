/** Compares texts of lines, and names the first that differs. */

/** As in `line 3 is "…", and was "…"`; undefined for equal texts. */
export function firstDifferentLine(text: string, expected: string): string | undefined {
  if (text === expected) return undefined;
  const [now, before] = [text.split('\n'), expected.split('\n')];
  const at = now.findIndex((line, index) => line !== before[index]);
  const line = at < 0 ? now.length : at;
  return `line ${line + 1} is ${shown(now[line], before[line])}, and was ${shown(before[line], now[line])}`;
}

/** A line from a little before the place where it leaves the other. */
function shown(line: string | undefined, other: string | undefined): string {
  if (line === undefined) return 'absent';
  let same = 0;
  while (same < line.length && line[same] === other?.[same]) same++;
  const from = Math.max(0, same - 40);
  return JSON.stringify(`${from > 0 ? '…' : ''}${line.slice(from, from + 120)}`);
}
