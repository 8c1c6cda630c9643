/**
 * The folder of an experiment:
 *
 *     experiment.json                   title, seeds, arms, evaluations, and the end of each piece with its seconds
 *     settings/*.json                   settings over the defaults, for `--config`
 *     runs/<arm>/seed-1/                an ordinary run
 *     evaluations/<arm>/seed-1/<name>/  an ordinary evaluation
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  FORMAT_VERSIONS,
  FolderLock,
  LociError,
  messageOf,
  readVersion,
  writeFileWhole,
} from '@loci/core';
import { z } from 'zod';
import { endingSchema, isFinal } from '../grid/cell-ending.ts';
import type { CellEnding } from '../grid/cell-ending.ts';
import { experimentSchema } from './experiment-schema.ts';
import type { Experiment } from './experiment-schema.ts';
import type { Piece } from './pieces.ts';
import { writeSettings } from './settings-files.ts';

const FILE = 'experiment.json';

const pieceState = z.object({
  ending: endingSchema,
  /** Of all attempts together. */
  seconds: z.number().nonnegative(),
});

/** How a piece ended, and its time. */
export type PieceState = z.output<typeof pieceState>;

const schema = z.object({
  version: z.unknown(),
  experiment: experimentSchema,
  pieces: z.record(z.string(), pieceState),
});

/** The content of an experiment's folder. */
export interface StoredExperiment {
  readonly directory: string;
  readonly experiment: Experiment;
  readonly pieces: Readonly<Record<string, PieceState>>;
}

/** Folder of a run or an evaluation of an experiment. */
export function folderOf(
  directory: string,
  { kind, arm, seed, evaluation = '' }: Pick<Piece, 'kind' | 'arm' | 'seed' | 'evaluation'>,
): string {
  const place = join(arm, `seed-${seed}`);
  return kind === 'train'
    ? join(directory, 'runs', place)
    : join(directory, 'evaluations', place, evaluation);
}

/**
 * Reads an experiment's folder; undefined where there is none.
 *
 * @throws LociError `experiment-unreadable`, `format-newer`.
 */
export function readStoredExperiment(directory: string): StoredExperiment | undefined {
  const file = join(directory, FILE);
  if (!existsSync(file)) return undefined;
  try {
    const { version, experiment, pieces } = schema.parse(JSON.parse(readFileSync(file, 'utf8')));
    readVersion(version, 'experiment.json', file);
    return { directory, experiment, pieces };
  } catch (thrown) {
    if (LociError.is(thrown)) throw thrown;
    throw new LociError(
      'experiment-unreadable',
      `${file} is damaged: ${messageOf(thrown)}. The runs and evaluations beside it are intact: move the file away, and the same command finds them again`,
      { cause: thrown },
    );
  }
}

/** Writes the state of an experiment. One process at a time holds its folder. */
export class ExperimentStore {
  readonly directory: string;
  readonly #experiment: Experiment;
  readonly #pieces: Map<string, PieceState>;
  readonly #lock: FolderLock;

  private constructor(
    directory: string,
    experiment: Experiment,
    pieces: ReadonlyMap<string, PieceState>,
    lock: FolderLock,
  ) {
    this.directory = directory;
    this.#experiment = experiment;
    this.#pieces = new Map(pieces);
    this.#lock = lock;
  }

  /**
   * Starts an experiment, or continues the one in the folder. Arms, seeds and evaluations may be added; pieces that have begun keep their
   * settings.
   *
   * @throws LociError `experiment-changed`, `experiment-unreadable`, `folder-in-use`, `not-writable`, `disk-full`.
   */
  static open(directory: string, experiment: Experiment): ExperimentStore {
    const lock = FolderLock.take(directory);
    try {
      const stored = readStoredExperiment(directory);
      if (stored !== undefined) checkUnchanged(stored, experiment);
      const pieces = new Map(Object.entries(stored?.pieces ?? {}));
      const store = new ExperimentStore(directory, experiment, pieces, lock);
      writeSettings(store.settingsFolder, experiment);
      store.#write();
      return store;
    } catch (thrown) {
      lock.release();
      throw thrown;
    }
  }

  /** Folder of the files of settings. */
  get settingsFolder(): string {
    return join(this.directory, 'settings');
  }

  stateOf({ name }: Pick<Piece, 'name'>): PieceState | undefined {
    return this.#pieces.get(name);
  }

  /** Whether a piece is finished. */
  isDone(piece: Pick<Piece, 'name'>): boolean {
    return isFinal(this.stateOf(piece)?.ending);
  }

  /** @throws LociError `folder-lost`, `not-writable`, `disk-full`. */
  end(piece: Pick<Piece, 'name'>, ending: CellEnding, seconds: number): void {
    this.#lock.assertHeld();
    const before = this.stateOf(piece)?.seconds ?? 0;
    this.#pieces.set(piece.name, { ending, seconds: Math.round(10 * (before + seconds)) / 10 });
    this.#write();
  }

  close(): void {
    this.#lock.release();
  }

  #write(): void {
    const content = {
      version: FORMAT_VERSIONS['experiment.json'],
      experiment: this.#experiment,
      pieces: Object.fromEntries(this.#pieces),
    };
    writeFileWhole(join(this.directory, FILE), `${JSON.stringify(content, undefined, 2)}\n`);
  }
}

/** Checks that the settings of pieces that have begun are the same; a title may change. */
function checkUnchanged(
  { directory, experiment: before, pieces }: StoredExperiment,
  now: Experiment,
): void {
  const begun = Object.keys(pieces).map((name) => name.split('/'));
  const changed: string[] = [];
  const compare = (what: string, one: unknown, two: unknown): void => {
    if (JSON.stringify(one) !== JSON.stringify(two)) changed.push(what);
  };
  if (begun.length > 0) compare('shared', before.shared, now.shared);
  for (const arm of new Set(begun.map(([, name]) => name!))) {
    if (arm in before.arms) {
      compare(`arms.${arm}`, before.arms[arm]?.settings, now.arms[arm]?.settings);
    }
  }
  for (const name of new Set(begun.flatMap(([, , , evaluation]) => evaluation ?? []))) {
    compare(
      `evaluations.${name}`,
      before.evaluations[name]?.settings,
      now.evaluations[name]?.settings,
    );
  }
  if (changed.length === 0) return;
  throw new LociError(
    'experiment-changed',
    `${directory} has begun with other settings: ${changed.join(', ')}. Restore them, or name another --out`,
  );
}
