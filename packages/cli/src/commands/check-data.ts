import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LociError } from '@loci/core';
import type { Dataset, DatasetProblem, SampleSource, Split } from '@loci/core';
import { RECORDS_FILE } from '@loci/datasets';
import { isHubReference } from '../hub/bring-config.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import { resolveUserPath } from '../paths.ts';
import type { CheckDataFlags } from '../flags.ts';
import { createProgress } from '../render/progress.ts';
import type { Progress } from '../render/progress.ts';
import { progressLogger } from '../render/progress-logger.ts';
import { problemLines } from '../render/problem-lines.ts';
import { renderTable } from '../render/table.ts';
import { tableWidth } from '../render/terminal.ts';
import { unusedSettings } from '../unused-settings.ts';

/** Records between two updates of the progress. */
const REPORT_EVERY = 10_000;

/** Contents of a split. */
interface Census {
  /** Valid records. */
  readonly size: number;
  /** All records that were read, where the dataset counts them. */
  readonly records: number | undefined;
  /** By source and problem type. */
  readonly sorts: ReadonlyMap<string, { readonly records: number; readonly maps: number }>;
  /** By kind of question, where the data has it. */
  readonly kinds: ReadonlyMap<string, number>;
}

/**
 * Reads every record of a dataset, as a run would, and prints its contents and its problems. Memory does not grow with the data.
 *
 * @throws LociError `data-incomplete` when something is missing or malformed, or those of config and dataset.
 */
export async function checkData(flags: CheckDataFlags, io: Io): Promise<void> {
  const quiet = flags.quiet === true;
  const progress = createProgress(io.out, quiet);
  const logger = progressLogger(progress, io.out, quiet);
  for (const line of unusedSettings('check-data', flags.set)) logger.warn(line);
  const run = await openRun({ ...flags, set: settingsOf(flags, io) }, io, {
    logger,
    brings: ['dataset'],
  });
  try {
    const dataset = await run.dataset();
    let wrong = 0;
    const splits: Partial<Record<Split, unknown>> = {};
    for (const split of ['train', 'test'] as const) {
      const source = await openSplit(dataset, split);
      if (source === undefined) continue;
      try {
        const census = await countSamples(source, progress);
        progress.stop();
        if (!quiet) print(io, `\n${censusText(split, census, tableWidth(io.out))}`);
        splits[split] = { ...census, problems: source.problems() };
        const problems = problemLines(source.problems());
        if (problems.length > 0) print(io, `\n${problems.join('\n')}`);
        wrong += problems.length;
      } finally {
        progress.stop();
        await source.close();
      }
    }
    io.result?.({ isWhole: wrong === 0, splits });
    if (wrong > 0) {
      throw new LociError(
        'data-incomplete',
        'The data is not whole; what is wrong is named above. A run leaves records that cannot be used out, and asks for no map ' +
          'where it has none.',
      );
    }
    print(io, `${quiet ? '' : '\n'}nothing is missing`);
  } finally {
    await run.dispose();
  }
}

/** A file of records, a folder with one, or a folder in SpaceR-151k form. */
function settingsOf({ data, set }: CheckDataFlags, io: Io): readonly string[] {
  if (data === undefined) return set;
  if (isHubReference(data)) return [`dataset=${JSON.stringify(data)}`, ...set];
  const folder = resolveUserPath(data, io.userDirectory);
  const own = folder.endsWith('.jsonl') ? folder : join(folder, RECORDS_FILE);
  if (own === folder || existsSync(own)) {
    return ['dataset.use=jsonl', ...set, `dataset.file=${JSON.stringify(own)}`];
  }
  return ['dataset.use=spacer-151k', ...set, `dataset.folder=${JSON.stringify(folder)}`];
}

async function openSplit(dataset: Dataset, split: Split): Promise<SampleSource | undefined> {
  try {
    return await dataset.open(split);
  } catch (thrown) {
    if (LociError.is(thrown) && thrown.code === 'split-missing') return undefined;
    const nothing = LociError.is(thrown) && thrown.code === 'dataset-empty' && unusable(thrown);
    if (nothing === false || nothing === undefined) throw thrown;
    return nothing;
  }
}

/** A split for an error `dataset-empty`, so that the check lists the problems of a split without valid records. */
function unusable({ details }: LociError): SampleSource | undefined {
  const { records, problems } = details as {
    readonly records?: number;
    readonly problems?: readonly DatasetProblem[];
  };
  if (records === undefined || problems === undefined) return undefined;
  return {
    ...{ size: 0, records },
    at: () => Promise.reject(new RangeError('the split is empty')),
    problems: () => problems,
    close: () => Promise.resolve(),
  };
}

async function countSamples(source: SampleSource, progress: Progress): Promise<Census> {
  const sorts = new Map<string, { records: number; maps: number }>();
  const kinds = new Map<string, number>();
  for (let index = 0; index < source.size; index++) {
    const sample = await source.at(index);
    const name = JSON.stringify([sample.source, sample.problemType]);
    const sort = sorts.get(name) ?? { records: 0, maps: 0 };
    sort.records++;
    if (sample.map !== undefined) sort.maps++;
    sorts.set(name, sort);
    const { questionKind } = sample;
    if (questionKind !== undefined) kinds.set(questionKind, (kinds.get(questionKind) ?? 0) + 1);
    if ((index + 1) % REPORT_EVERY === 0) {
      progress.update('read', index + 1, source.size, 'records');
    }
  }
  return { size: source.size, records: source.records, sorts, kinds };
}

function censusText(split: Split, { size, records, sorts, kinds }: Census, width: number): string {
  const rows = [...sorts]
    .sort((a, b) => b[1].records - a[1].records)
    .map(([name, { records, maps }]) => {
      const [source, type] = JSON.parse(name) as readonly [string, string];
      return [source, type, `${records}`, share(records, size), `${maps}`];
    });
  const header = ['source', 'problem type', 'records', 'share', 'with a map'];
  const tables = [renderTable(header, rows, width)];
  if (kinds.size > 0) {
    const byCount = [...kinds].sort((a, b) => b[1] - a[1]);
    const kindRows = byCount.map(([kind, count]) => [kind, `${count}`, share(count, size)]);
    tables.push(renderTable(['kind of question', 'records', 'share'], kindRows, width));
  }
  const usable =
    records === undefined
      ? `${size} records that can be used`
      : `${size} of ${records} records can be used (${share(size, records)})`;
  return `${split}: ${usable}\n\n${tables.join('\n\n')}`;
}

function share(count: number, size: number): string {
  return `${((100 * count) / size).toFixed(1)} %`;
}
