/** A path that a person typed, or what a reference to the hub brings in its place. */
import type { Io } from '../io.ts';
import { resolveUserPath } from '../paths.ts';
import { createProgress } from '../render/progress.ts';
import { progressLogger } from '../render/progress-logger.ts';
import { isHubReference } from './bring-config.ts';

/** Every split that a data set may have. */
const SPLITS: readonly string[] = ['train', 'validation', 'test'];

/**
 * The absolute path; for `hub:…`, of what was downloaded: of a model its folder, of a data set the folder or file.
 *
 * @param kind of the repository, unless the reference says another.
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
