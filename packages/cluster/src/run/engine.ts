/** An engine as the life of its jobs needs it: who makes a job, and who reads what it writes. */
import type { ClusterJob, EngineReader } from '../job.ts';
import type { EngineName } from '../options.ts';

/** What a job is made for. */
export interface AttemptRequest {
  /** Name of the run's folder on the shared storage; no other run has it. */
  readonly name: string;
  /** From 1; later ones go on from the checkpoints of those before. */
  readonly attempt: number;
  /** Address of the reward server, as every node reaches it. */
  readonly rewardsUrl: string;
}

/** One engine with the settings of a run. */
export interface ClusterEngine {
  readonly name: EngineName;
  readonly version: string;
  readonly reader: EngineReader;
  /** Looks whether the engine can do what the run asks for, before a folder is opened. @throws LociError naming each setting. */
  check(): Promise<void>;
  /** Writes rows and media to the shared storage, and makes the job. Done twice for one attempt, it does the same twice. */
  makeJob(request: AttemptRequest): Promise<ClusterJob>;
}

/** Where the shared storage lies. */
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

/** The other way: a path of this machine as the nodes see it. */
export function pathOnNodes(path: string, { nodes, here }: StoragePlaces): string | undefined {
  return here === undefined ? undefined : pathHere(path, { nodes: here, here: nodes });
}
