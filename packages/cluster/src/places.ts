/** The folders of a job: as the nodes of the cluster see them, and as this machine does. */
import { join } from 'node:path';
import { typedPath } from '@loci/core';

/** The folders of one job. */
export interface JobPlaces {
  /** Folder of the job on the storage, as the nodes see it. */
  readonly there: string;
  /** The same as this machine sees it; where the storage is not mounted here, a folder of the run whose content must be copied. */
  readonly here: string;
  /** Whether this machine sees what the job writes. */
  readonly isShared: boolean;
  /** Frames, which jobs on one storage share. */
  readonly frames: { readonly there: string; readonly here: string };
}

/** The options that decide them. */
export interface PlaceSettings {
  readonly storage: string;
  readonly storageHere?: string | false | undefined;
}

/** The folders of a job. @param name of the run folder. */
export function jobPlaces(
  { storage, storageHere = storage }: PlaceSettings,
  {
    name,
    runDirectory,
    baseDirectory,
  }: {
    readonly name: string;
    readonly runDirectory: string;
    readonly baseDirectory: string;
  },
): JobPlaces {
  const root = storage.replace(/\/+$/u, '');
  const there = `${root}/${name}`;
  if (storageHere === false) {
    const here = join(runDirectory, 'cluster', name);
    return {
      ...{ there, here, isShared: false },
      frames: { there: `${there}/frames`, here: join(here, 'frames') },
    };
  }
  const seen = typedPath(storageHere, baseDirectory);
  return {
    ...{ there, here: join(seen, name), isShared: true },
    frames: { there: `${root}/frames`, here: join(seen, 'frames') },
  };
}
