/** The engine of a run: makes its jobs, and reads their output. */
import type { ClusterJob, EngineReader } from '../job.ts';
import type { EngineName } from '../options.ts';

/** The attempt that a job is made for. */
export interface AttemptRequest {
  /** Name of the run's folder on the shared storage, unique among runs. */
  readonly name: string;
  /** From 1; later attempts continue from the checkpoints of earlier ones. */
  readonly attempt: number;
  /** Address of the reward server, as every node reaches it. */
  readonly rewardsUrl: string;
}

/** One engine with the settings of a run. */
export interface ClusterEngine {
  readonly name: EngineName;
  readonly version: string;
  readonly reader: EngineReader;
  /** Checks that the engine supports the settings of the run, before a folder is opened. @throws LociError naming each setting that it does not. */
  check(): Promise<void>;
  /** Writes rows and media to the shared storage, and makes the job. Calling it again for one attempt gives the same job. */
  makeJob(request: AttemptRequest): Promise<ClusterJob>;
}

/** Paths of the shared storage. */
export interface StoragePlaces {
  /** As the nodes see it. */
  readonly nodes: string;
  /** As this machine sees it; undefined where it does not. */
  readonly here: string | undefined;
}

/**
 * A path on the shared storage as this machine sees it.
 *
 * @returns Undefined where it does not see it.
 * @example pathHere('/mnt/a/x', { nodes: '/mnt/a', here: '/home/me/a' }) // '/home/me/a/x'
 */
export function pathHere(
  path: string | undefined,
  { nodes, here }: StoragePlaces,
): string | undefined {
  if (path === undefined || here === undefined) return undefined;
  const root = nodes.replace(/\/+$/u, '');
  if (path !== root && !path.startsWith(`${root}/`)) return undefined;
  return `${here.replace(/\/+$/u, '')}${path.slice(root.length)}`;
}

/** A path of this machine as the nodes see it: the inverse of `pathHere`. */
export function pathOnNodes(path: string, { nodes, here }: StoragePlaces): string | undefined {
  return here === undefined ? undefined : pathHere(path, { nodes: here, here: nodes });
}
