/** Describes how a resumed run differs from its stored config: changed settings, and the effect of more or fewer steps on the learning rate. */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { isBranch } from '../config/layers.ts';
import { formatPath } from '../config/config-origin.ts';
import type { ConfigOrigin } from '../config/config-origin.ts';
import type { RunConfig } from '../config/run-config.ts';
import { storedSettings, writtenSettings } from '../config/stored-config.ts';
import type { Schedule } from '../spec/index.ts';
import { algorithmPlugins } from '../train/algorithm/algorithm-plugins.ts';
import { latestCheckpoint } from '../train/run-folder/checkpoint-store.ts';

/** Most differences that are listed; the rest are counted. */
const NAMED = 12;

/**
 * Lines for the person who resumes; none when the config equals the stored one. A value from the environment is compared by its reference.
 *
 * @param schedule Of the new config.
 */
export function describeResumption(
  runDirectory: string,
  config: RunConfig,
  origin: ConfigOrigin,
  schedule: Schedule,
): readonly string[] {
  const file = join(runDirectory, 'config.yaml');
  const stored = storedSettings(readFileSync(file, 'utf8'), file);
  const now = writtenSettings(config, origin);
  const differences = differencesOf(writtenOut(stored), writtenOut(now));
  if (differences.length === 0) return [];
  const rest = differences.length - NAMED;
  const named = [...differences.slice(0, NAMED), ...(rest > 0 ? [`${rest} more`] : [])];
  const before = stored['steps'];
  return [
    `The run resumes with other settings than it was stored with: ${named.join('; ')}`,
    ...(typeof before === 'number' ? horizonLines(runDirectory, before, config, schedule) : []),
  ];
}

/**
 * The config with every option of the algorithm's own plugins under its current name, so that options added or renamed since the run was
 * stored do not count as differences. Invalid options stay as they are.
 */
function writtenOut(config: unknown): unknown {
  if (!isBranch(config)) return config;
  const sections = Object.entries(config).map(([key, section]) => {
    if (!isBranch(section)) return [key, section];
    const { use, ...options } = section;
    const plugin = algorithmPlugins.find(({ kind, name }) => kind === key && name === use);
    const parsed = plugin?.options.safeParse(options);
    return [
      key,
      parsed?.success === true && isBranch(parsed.data) ? { use, ...parsed.data } : section,
    ];
  });
  return Object.fromEntries(sections) as unknown;
}

/** Describes how the learning rate changes when the number of steps does. */
function horizonLines(
  runDirectory: string,
  before: number,
  { steps, schedule: { use } }: RunConfig,
  schedule: Schedule,
): readonly string[] {
  const done = latestCheckpoint(join(runDirectory, 'checkpoints'))?.state.step ?? 0;
  if (before === steps || done === 0) return [];
  if (done > steps)
    return [
      `The run is already at step ${done}, past its steps (${steps}): it takes no further step`,
    ];
  if (done === steps) return [];
  const last = schedule.factor(done - 1, before);
  const planned = schedule.factor(Math.min(done, before - 1), before);
  const next = schedule.factor(done, steps);
  if (next === planned) return [];
  const moves = next > last ? 'rises' : next < last ? 'falls' : 'stays';
  return [
    `The schedule "${use}" spreads over all steps, which are now ${steps} instead of ${before}: from step ${done} to step ${done + 1} ` +
      `the learning rate ${moves} from ${percent(last)} to ${percent(next)} of its full value`,
  ];
}

function percent(factor: number): string {
  return `${Number((100 * factor).toPrecision(3))} %`;
}

/** `steps 4 → 8`, one for each leaf that differs. */
function differencesOf(
  before: unknown,
  after: unknown,
  path: readonly PropertyKey[] = [],
): readonly string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isBranch(before) && isBranch(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => differencesOf(before[key], after[key], [...path, key]));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return after.flatMap((item, index) => differencesOf(before[index], item, [...path, index]));
  }
  return [`${formatPath(path)} ${written(before)} → ${written(after)}`];
}

function written(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}
