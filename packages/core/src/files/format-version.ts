/**
 * Versions of the file formats in run and evaluation folders. A file has the version that it was written in; a file without one counts as
 * version 1. The number of a format rises when an older release would misread the file.
 */
import { LociError } from '../errors/loci-error.ts';

/** The newest version of each format. This release writes these and reads all earlier ones. */
export const FORMAT_VERSIONS = {
  /** Version 2: `sampler` and `optimizer` name no plugin, `trainer` does. Version 3: `${NAME}` is a variable of the environment. */
  'config.yaml': 3,
  /**
   * Version 2: each line has its version, because a resumed run appends to lines of an older release; `look` replaces `shuffled: true`.
   * Version 3: `media` is a list.
   */
  'rollouts.jsonl': 3,
  /** Version 2: the first with a version. */
  'trainer-state.json': 2,
  /**
   * Also for `report.json` beside it. In version 1 conditions were called passes and the record a plan, and a run stored its own evaluations
   * in `before.json` and `after.json`.
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
 * Checks and returns the version of a file or line.
 *
 * @param version Value of its `version`; undefined when it has none.
 * @param place For messages: a file, or a file and a line.
 * @throws LociError `format-newer` when a later release wrote it, `format-unreadable` when the value is not a version.
 */
export function readVersion(version: unknown, format: VersionedFormat, place: string): number {
  if (version === undefined) return 1;
  const newest = FORMAT_VERSIONS[format];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new LociError(
      'format-unreadable',
      `${place}: version must be a whole number from 1 to ${newest}, but is ${JSON.stringify(version)}; the file was changed by hand or damaged: restore it from a copy`,
    );
  }
  if (version <= newest) return version;
  throw new LociError(
    'format-newer',
    `${place} is in version ${version} of the format of ${format}, but this release of Loci reads versions up to ${newest}: ` +
      'a later release wrote it. Update Loci, or open the file with the release that wrote it',
    { details: { version, newest } },
  );
}
