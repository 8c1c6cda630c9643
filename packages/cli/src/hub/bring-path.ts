/** Resolves a typed path; for a reference to the hub, downloads its files first. */
import type { Io } from '../io.ts';
import { resolveUserPath } from '../paths.ts';
import { createProgress } from '../render/progress.ts';
import { progressLogger } from '../render/progress-logger.ts';
import { isHubReference } from './bring-config.ts';

/** Every split that a dataset may have. */
const SPLITS: readonly string[] = ['train', 'validation', 'test'];

/**
 * The absolute path; for `hub:…`, that of the downloaded model folder, or of the downloaded dataset folder or file.
 *
 * @param kind of the repository, unless the reference gives another.
 * @throws LociError of the hub.
 */
export async function bringPath(
  typed: string,
  kind: 'model' | 'dataset',
  io: Io,
  quiet: boolean,
): Promise<string> {
  if (!isHubReference(typed)) return resolveUserPath(typed, io.userDirectory);
  const { Hub, parseReference } = await import('@loci/hub');
  const progress = createProgress(io.out, quiet);
  try {
    const hub = Hub.open(progressLogger(progress, io.out, quiet));
    const reference = parseReference(typed, kind);
    const { path } =
      reference.kind === 'model'
        ? await hub.model(reference)
        : await hub.data(reference, { splits: SPLITS });
    return path;
  } finally {
    progress.stop();
  }
}
