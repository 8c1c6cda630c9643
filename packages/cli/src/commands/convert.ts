import { convertData } from '@loci/datasets';
import type { RowCount } from '@loci/datasets';
import { nextCommand } from '../next-command.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { bringPath } from '../hub/bring-path.ts';
import { resolveUserPath } from '../paths.ts';
import type { ConvertFlags } from '../flags.ts';
import { renderTable } from '../render/table.ts';
import { outFolder } from '../written-paths.ts';

/**
 * Converts a file of another project to records, and prints the number of converted rows and the reasons for the others.
 *
 * @throws LociError `convert-file`, `convert-out`, `convert-nothing`.
 */
export async function convert(typed: string, flags: ConvertFlags, io: Io): Promise<void> {
  const path = (written: string): string => resolveUserPath(written, io.userDirectory);
  const { file, rows, records, notTaken, leftOut } = await convertData({
    from: flags.from,
    file: await bringPath(typed, 'dataset', io, flags.quiet === true),
    out: outFolder(flags.out, io.userDirectory),
    ...(flags.media !== undefined && { media: path(flags.media) }),
  });
  io.result?.({ file, rows, records, notTaken, leftOut });
  if (flags.quiet !== true) {
    if (notTaken.length > 0) print(io, `\n${countsText('not taken', notTaken)}`);
    if (leftOut.length > 0) print(io, `\n${countsText('left out of records', leftOut)}`);
    print(io, '');
  }
  const share = ((100 * records) / rows).toFixed(1);
  print(io, `${records} of ${rows} rows became records (${share} %): ${file}`);
  if (flags.quiet === true) return;
  print(io, `check them: ${nextCommand('check-data', `--data ${flags.out}`)}`);
}

function countsText(what: string, counts: readonly RowCount[]): string {
  const rows = counts.map(({ reason, rows: count, first }) => [reason, `${count}`, first]);
  return renderTable([what, 'rows', 'the first'], rows);
}
