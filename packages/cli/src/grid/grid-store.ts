/**
 * The folder of a grid:
 *
 *     grid.json            the axes, and how each run ended
 *     grid-config.yaml     the config that all runs share
 *     places.json          its earlier paths, as in the folder of a run
 *     learningRate=1e-4/   an ordinary run
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  FORMAT_VERSIONS,
  FolderLock,
  LociError,
  isLockFile,
  messageOf,
  notePlace,
  readVersion,
  writeFileWhole,
} from '@loci/core';
import { z } from 'zod';
import { cellsOf } from './axes.ts';
import type { GridAxis, GridCell } from './axes.ts';
import { endingSchema, isFinal } from './cell-ending.ts';
import type { CellEnding } from './cell-ending.ts';

const GRID_FILE = 'grid.json';
const CONFIG_FILE = 'grid-config.yaml';

const schema = z.object({
  version: z.unknown(),
  axes: z.array(z.object({ key: z.string(), values: z.array(z.string()).min(1) })).min(1),
  endings: z.record(z.string(), endingSchema),
});

/** Writes the folder of a grid, and reads it again on resume. */
export class GridStore {
  readonly directory: string;
  readonly axes: readonly GridAxis[];
  readonly cells: readonly GridCell[];
  readonly #endings: Map<string, CellEnding>;
  readonly #lock: FolderLock;

  private constructor(
    directory: string,
    axes: readonly GridAxis[],
    endings: ReadonlyMap<string, CellEnding>,
    lock: FolderLock,
  ) {
    this.directory = directory;
    this.axes = axes;
    this.cells = cellsOf(axes);
    this.#endings = new Map(endings);
    this.#lock = lock;
  }

  /** Whether a folder is that of a grid. */
  static isGrid(directory: string): boolean {
    return existsSync(join(directory, GRID_FILE));
  }

  /**
   * Starts a grid in a new or empty folder.
   *
   * @param configText config that the runs share, in the form of a run's stored config.
   * @param baseDirectory folder that relative paths of the config start from.
   * @throws LociError `run-directory-exists`, `folder-in-use`, `not-writable`, `disk-full`.
   */
  static create(
    directory: string,
    axes: readonly GridAxis[],
    configText: string,
    baseDirectory: string,
  ): GridStore {
    const lock = FolderLock.take(directory);
    try {
      if (!readdirSync(directory).every(isLockFile)) {
        throw new LociError(
          'run-directory-exists',
          `${directory} is not empty: choose another folder, or continue the grid in it with --resume`,
        );
      }
      notePlace(directory, baseDirectory);
      writeFileWhole(join(directory, CONFIG_FILE), configText);
      const store = new GridStore(directory, axes, new Map(), lock);
      store.#write();
      return store;
    } catch (thrown) {
      lock.release();
      throw thrown;
    }
  }

  /**
   * Opens a grid to continue it.
   *
   * @throws LociError `grid-unreadable`, `format-newer`, `folder-in-use`.
   */
  static open(directory: string): GridStore {
    const file = join(directory, GRID_FILE);
    const { axes, endings } = parsed(file);
    const lock = FolderLock.take(directory);
    return new GridStore(directory, axes, new Map(Object.entries(endings)), lock);
  }

  /** File of the config that all runs share. */
  get configFile(): string {
    return join(this.directory, CONFIG_FILE);
  }

  folderOf({ name }: GridCell): string {
    return join(this.directory, name);
  }

  /** How a run ended; undefined when it has not begun, or was killed. */
  endingOf({ name }: GridCell): CellEnding | undefined {
    return this.#endings.get(name);
  }

  /** Whether a run is finished: stopped and failed runs are tried again. */
  isDone(cell: GridCell): boolean {
    return isFinal(this.endingOf(cell));
  }

  /** @throws LociError `folder-lost`, `not-writable`, `disk-full`. */
  end({ name }: GridCell, how: CellEnding): void {
    this.#lock.assertHeld();
    this.#endings.set(name, how);
    this.#write();
  }

  close(): void {
    this.#lock.release();
  }

  #write(): void {
    const grid = {
      version: FORMAT_VERSIONS['grid.json'],
      axes: this.axes,
      endings: Object.fromEntries(this.#endings),
    };
    writeFileWhole(join(this.directory, GRID_FILE), `${JSON.stringify(grid, undefined, 2)}\n`);
  }
}

function parsed(file: string): z.output<typeof schema> {
  try {
    const grid = schema.parse(JSON.parse(readFileSync(file, 'utf8')));
    readVersion(grid.version, 'grid.json', file);
    return grid;
  } catch (thrown) {
    if (LociError.is(thrown)) throw thrown;
    throw new LociError(
      'grid-unreadable',
      `${file} is damaged: ${messageOf(thrown)}. The runs beside it are intact: continue them one by one with --resume`,
      { cause: thrown },
    );
  }
}
