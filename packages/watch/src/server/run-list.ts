/** Keeps the list of watched runs, and searches the folders again for runs that have begun. */
import { findRuns } from '../runs/find-runs.ts';
import { WatchedRun } from '../runs/watched-run.ts';
import { HttpProblem } from './http-problem.ts';

/** Time between two searches of the folders. */
const LIST_MS = 2000;

/** The watched runs: one `WatchedRun` per folder. */
export class RunList {
  readonly #folders: readonly string[];
  #runs: ReadonlyMap<string, WatchedRun> = new Map();
  #listedAt = Number.NEGATIVE_INFINITY;

  constructor(folders: readonly string[]) {
    this.#folders = folders;
    this.#list();
  }

  /** All runs with current figures, in the order of the search. Rollouts are read in the background. */
  async all(): Promise<readonly WatchedRun[]> {
    if (performance.now() - this.#listedAt > LIST_MS) this.#list();
    const runs = [...this.#runs.values()];
    await Promise.all(runs.map((run) => run.refresh()));
    return runs;
  }

  /** @throws HttpProblem 404. */
  get(id: string): WatchedRun {
    const run = this.#runs.get(id);
    if (run !== undefined) return run;
    this.#list();
    const found = this.#runs.get(id);
    if (found !== undefined) return found;
    throw new HttpProblem(
      404,
      'no-run',
      'There is no such run: somebody may have moved or removed it',
    );
  }

  #list(): void {
    const found = findRuns(this.#folders);
    this.#runs = new Map(
      found.map((run) => [run.id, this.#runs.get(run.id) ?? new WatchedRun(run)]),
    );
    this.#listedAt = performance.now();
  }
}
