/** Reads a file of records: samples by index, every fault by line and key. Its memory does not depend on the length of the texts. */
import { resolve } from 'node:path';
import { LociError, isWithinFolder } from '@loci/core';
import type { DatasetProblem, Sample, SampleSource, Split } from '@loci/core';
import { HashIndex } from '../spacer/hash-index.ts';
import { LineIndex } from '../spacer/line-index.ts';
import { mediaFault } from '../spacer/media-fault.ts';
import { ProblemList } from '../spacer/problem-list.ts';
import { dataRecord } from './record.ts';
import type { DataRecord } from './record.ts';
import { recordFaults } from './record-faults.ts';
import type { RecordFault } from './record-faults.ts';
import { sampleOfRecord } from './sample-of-record.ts';

/** Which records to read. */
export interface RecordsOptions {
  /** Absolute. */
  readonly file: string;
  readonly split: Split;
  /** Absolute; relative paths of media start from it. */
  readonly mediaFolder: string;
  /** Whether records may show files outside of the folder; by default such records are skipped. */
  readonly allowOutside?: boolean;
}

/** Faults that are reported one by one; further ones are only counted. */
const MOST_FAULTS = 10_000;

const OTHER_SPLIT = 'of the other split';
const FAULTY = 'has faults';

/**
 * Opens one split of a file. Lines with faults are skipped. `problems()` lists all their faults, each with line and key. A line whose split cannot
 * be read counts as `train`.
 *
 * @throws LociError `file-missing`, `not-json-lines`, `dataset-empty` when no line of the split is valid, `split-missing` when no line is of it.
 */
export async function openRecords(options: RecordsOptions): Promise<SampleSource> {
  const { file, split } = options;
  const problems = new ProblemList(MOST_FAULTS);
  const add = (line: number, { key, reason }: RecordFault): void =>
    problems.add('skipped lines', { file, line, ...(key !== '' && { key }), reason });
  const numbers: number[] = [];
  const faultsOf = recordChecker(options);
  const idFault = idChecker();
  let skipped = 0;
  let found: readonly RecordFault[] = [];
  const lines = await LineIndex.build(
    file,
    (value, { line }) => {
      found = [];
      const ofId = idFault(value, line);
      if (splitOf(value) !== split) return OTHER_SPLIT;
      found = [...faultsOf(value), ...ofId];
      if (found.length > 0) return FAULTY;
      numbers.push(line);
      return undefined;
    },
    (line, reason) => {
      if (reason === OTHER_SPLIT) return;
      if (reason !== FAULTY && split !== 'train') return;
      skipped++;
      const faults = reason === FAULTY ? found : [{ key: '', reason }];
      for (const fault of faults) add(line, fault);
    },
  );
  const size = numbers.length;
  if (size === 0) {
    await lines.close();
    throw skipped === 0
      ? splitMissing(file, split)
      : unusable(file, split, { records: skipped, problems: problems.all() });
  }
  return {
    size,
    records: size + skipped,
    async at(index): Promise<Sample> {
      const line = numbers[index];
      if (line === undefined) {
        throw new LociError(
          'index-out-of-range',
          `There is no sample ${index}: the split ${split} of ${file} has the samples 0 to ${size - 1}`,
        );
      }
      const record = dataRecord.parse(await lines.read(index));
      return sampleOfRecord(record, options.mediaFolder, line);
    },
    problems: () => problems.all(),
    close: () => lines.close(),
  };
}

/** The split of a line. A line without a valid split counts as `train`, which reports its fault. */
function splitOf(value: unknown): Split {
  const isTest =
    typeof value === 'object' && value !== null && 'split' in value && value.split === 'test';
  return isTest ? 'test' : 'train';
}

/** Finds ids that an earlier line of either split has: no question may be both trained and evaluated on. */
function idChecker(): (value: unknown, line: number) => readonly RecordFault[] {
  const ids = new HashIndex();
  return (value, line) => {
    const { id } = (value ?? {}) as Partial<DataRecord>;
    if (typeof id !== 'string' && typeof id !== 'number') return [];
    const first = ids.get(String(id));
    if (first !== undefined) return [{ key: 'id', reason: `${id} is that of line ${first} too` }];
    ids.set(String(id), line);
    return [];
  };
}

/** Finds the faults of a record, those of its files included. */
function recordChecker({
  mediaFolder,
  allowOutside = false,
}: RecordsOptions): (value: unknown) => readonly RecordFault[] {
  const files = new Map<string, string | undefined>();
  const faultOfFile = (path: string): string | undefined => {
    if (!allowOutside && !isWithinFolder(mediaFolder, path)) {
      return `${path} leads out of ${mediaFolder}; set dataset.allowOutside to true to show it anyway`;
    }
    const absolute = resolve(mediaFolder, path);
    if (!files.has(absolute)) files.set(absolute, mediaFault(absolute));
    const fault = files.get(absolute);
    return fault === undefined ? undefined : `${path} ${fault}`;
  };
  return (value) => {
    const faults = [...recordFaults(value)];
    const { media = [] } = (value ?? {}) as Partial<DataRecord>;
    if (!Array.isArray(media) || faults.some(({ key }) => key.startsWith('media'))) return faults;
    for (const [place, medium] of media.entries()) {
      const reason = faultOfFile(typeof medium === 'string' ? medium : medium.path);
      if (reason !== undefined) faults.push({ key: `media[${place}]`, reason });
    }
    return faults;
  };
}

function splitMissing(file: string, split: Split): LociError {
  const remedy =
    split === 'test'
      ? 'give some records "split": "test", or set evaluate.questions=0 to train without an evaluation'
      : 'leave "split" out, or write "split": "train"';
  return new LociError('split-missing', `No record of ${file} is of the split ${split}: ${remedy}`);
}

function unusable(
  file: string,
  split: Split,
  details: { readonly records: number; readonly problems: readonly DatasetProblem[] },
): LociError {
  const [first] = details.problems;
  const place = `${file}:${first?.line}: ${first?.key ?? ''} ${first?.reason}`;
  return new LociError(
    'dataset-empty',
    `No record of the split ${split} in ${file} is valid; the first fault: ${place}`,
    { details },
  );
}
