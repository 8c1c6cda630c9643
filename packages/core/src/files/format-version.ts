/**
 * Versions of the formats that the folders of runs and evaluations are made of. A file carries the version it was written in. One without a
 * version is older than versions, and counts as version 1. A format's number rises when an older release would misread the file.
 */
import { LociError } from '../errors/loci-error.ts';

/** The newest version of each format; this release writes these and reads all before them. */
export const FORMAT_VERSIONS = {
  /** Version 2: `sampler` and `optimizer` name no plugin, `trainer` does. Version 3: `${NAME}` is a variable of the environment. */
  'config.yaml': 3,
  /**
   * Version 2: each line has its version, since a resumed run appends to lines of an older one; `look` for `shuffled: true`. Version 3:
   * `media` is a list.
   */
  'rollouts.jsonl': 3,
  /** Version 2: the first with a version. */
  'trainer-state.json': 2,
  /**
   * Version 2, as of `report.json` beside it: conditions were called passes, the record a plan, and a run kept its own evaluations
   * in `before.json`, `after.json`.
   */
  'evaluation.json': 2,
  /** Of the folder of a grid of runs. */
  'grid.json': 1,
  /** Of the folder of an experiment: arms, seeds and evaluations. */
  'experiment.json': 1,
} as const;

/** A format with a version of its own. */
export type VersionedFormat = keyof typeof FORMAT_VERSIONS;

/**
 * The version in which something was written.
 *
 * @param version Value of its `version`; undefined in a file that has none.
 * @param place What the message names: a file, or a file and a line.
 * @throws LociError `format-newer` when a later release wrote it, `format-unreadable` when it is no version.
 */
export function readVersion(version: unknown, format: VersionedFormat, place: string): number {
  if (version === undefined) return 1;
  const newest = FORMAT_VERSIONS[format];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new LociError(
      'format-unreadable',
      `${place}: version must be a whole number from 1 to ${newest}, and is ${JSON.stringify(version)}; the file was changed by hand or damaged`,
    );
  }
  if (version <= newest) return version;
  throw new LociError(
    'format-newer',
    `${place} is in version ${version} of the format of ${format}, and this release of Loci reads versions up to ${newest}: ` +
      'a later release wrote it. Update Loci, or open the file with the release that wrote it',
    { details: { version, newest } },
  );
}
