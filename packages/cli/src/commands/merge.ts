import { basename } from 'node:path';
import { FolderLock, mendFolder } from '@loci/core';
import { loadBackends } from '../parts.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { bringPath } from '../hub/bring-path.ts';
import { resolveUserPath } from '../paths.ts';
import type { MergeFlags } from '../flags.ts';
import { createProgress } from '../render/progress.ts';
import { isLive } from '../render/terminal.ts';

/**
 * Merges an adapter into the weights of its base model, or takes it out with `--undo`, and prints a summary.
 *
 * @throws LociError where folders do not fit together, cannot be read or written, where another process writes there, and where the
 * package of the engines is missing.
 */
export async function merge(flags: MergeFlags, io: Io): Promise<void> {
  const { mergeAdapter } = await loadBackends('Merging an adapter');
  const path = (typed: string) => resolveUserPath(typed, io.userDirectory);
  const to = path(flags.to);
  const undo = flags.undo === true;
  const model = await bringPath(flags.model, 'model', io, false);
  const adapter = await bringPath(flags.adapter, 'model', io, false);
  const request = { model, adapter, to, undo };
  // Without a terminal, a line for each of some hundred weights would only fill the log.
  const progress = createProgress(io.out, !isLive(io.out));
  const mergeWhole = async () => {
    mendFolder(to);
    return mergeAdapter(request, (weight, done, total) =>
      progress.update('weights', done, total, weight),
    );
  };
  const lock = FolderLock.take(to, { beside: true });
  const { layers, replaced, types, isRecorded, base } = await mergeWhole().finally(() => {
    progress.stop();
    lock.release();
  });
  io.result?.({ to, layers, replaced, types, ...(base !== undefined && { base }) });
  const whole = replaced > 0 ? `, ${replaced} parameters replaced` : '';
  print(io, `${layers} layers ${undo ? 'taken out' : 'merged'}${whole}; written to ${to}`);
  const coarse = types.filter((type) => type !== 'F32' && type !== 'F64');
  if (coarse.length > 0) {
    print(io, `weights are stored as ${coarse.join(', ')}: finer differences were rounded off`);
  }
  if (undo && !isRecorded) {
    print(
      io,
      `${request.model} does not record which adapters are merged into it: if this one is not, the result is useless`,
    );
  }
  if (!undo && base !== undefined && basename(base) !== basename(request.model)) {
    print(io, `the adapter was trained on ${base}, according to its config`);
  }
}
