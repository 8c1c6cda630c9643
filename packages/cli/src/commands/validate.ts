import { LociError, messageOf, validateRewards } from '@loci/core';
import type { Run, RunConfig, RunReward, SampleSource } from '@loci/core';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { openRun } from '../open-run.ts';
import type { ValidateFlags } from '../flags.ts';
import { createProgress } from '../render/progress.ts';
import type { Progress } from '../render/progress.ts';
import { progressLogger } from '../render/progress-logger.ts';
import { tableWidth } from '../render/terminal.ts';
import { unusedSettings } from '../unused-settings.ts';
import { pickSamples } from '../validate/pick-samples.ts';
import type { PickedSamples } from '../validate/pick-samples.ts';
import { brokenRewards, findingsText, validationTable } from '../validate/validation-text.ts';

/** Default number of questions of each sort to test on. */
const SAMPLES = 3;

/** For the second copies of the rewards, whose messages would repeat those of the first. */
const SILENT = { info: () => undefined, warn: () => undefined };

/**
 * Tests every reward of a config on samples of its dataset, and prints its values, its times and the rules of the contract that it
 * breaks. It loads no model.
 *
 * @throws LociError `contract-broken` when a rule is broken, `no-rewards`, `dataset-unopened`, `dataset-empty`, or those of the
 * config.
 */
export async function validate(flags: ValidateFlags, io: Io): Promise<void> {
  const quiet = flags.quiet === true;
  const progress = createProgress(io.out, quiet);
  const logger = progressLogger(progress, io.out, quiet);
  for (const line of unusedSettings('validate', flags.set)) logger.warn(line);
  const brings = ['dataset', 'reward'] as const;
  const run = await openRun(flags, io, { logger, brings });
  const opened: Run[] = [run];
  const again = async (
    change?: (config: RunConfig) => RunConfig,
  ): Promise<readonly RunReward[]> => {
    const other = await openRun(flags, io, { logger: SILENT, brings }, change);
    opened.push(other);
    return other.rewards();
  };
  try {
    const rewards = await run.rewards();
    if (rewards.length === 0)
      throw new LociError('no-rewards', 'The config names no reward to test');
    const fresh = await again();
    const hasCompat = run.config.rewards.some(({ options }) => options['compat'] !== undefined);
    const corrected = hasCompat
      ? await again(withoutCompat).catch((thrown: unknown) => {
          logger.warn(`cannot tell quirks from breaches: ${messageOf(thrown)}`);
          return undefined;
        })
      : undefined;
    const picked = await samplesOf(run, flags.samples ?? SAMPLES, progress);
    if (picked.samples.length === 0) {
      throw new LociError('dataset-empty', 'The training split has no question to test rewards on');
    }
    const reports = await validateRewards({
      rewards,
      fresh,
      ...(corrected && { corrected }),
      samples: picked.samples,
      onProgress: throttled(progress),
    });
    progress.stop();
    if (!quiet)
      print(io, `\n${validationTable(reports, tableWidth(io.out))}\n\n${pickedText(picked)}`);
    for (const text of findingsText(reports, picked.samples, !quiet)) print(io, `\n${text}`);
    const broken = brokenRewards(reports);
    io.result?.({
      questions: picked.samples.length,
      sorts: picked.sorts,
      broken,
      rewards: reports,
    });
    if (broken.length > 0) throw contractBroken(broken, rewards.length);
  } finally {
    progress.stop();
    for (const other of opened) await other.dispose();
  }
}

/** The config with the corrected rules of every reward. */
function withoutCompat(config: RunConfig): RunConfig {
  const rewards = config.rewards.map((reward) => {
    const options = Object.entries(reward.options).filter(([key]) => key !== 'compat');
    return { ...reward, options: Object.fromEntries(options) };
  });
  return { ...config, rewards };
}

async function samplesOf(run: Run, perSort: number, progress: Progress): Promise<PickedSamples> {
  const source = await openTrainSplit(run);
  try {
    return await pickSamples(source, perSort, (done, total) =>
      progress.update('looked at', done, total, 'samples'),
    );
  } finally {
    progress.stop();
    await source.close();
  }
}

async function openTrainSplit(run: Run): Promise<SampleSource> {
  try {
    const dataset = await run.dataset();
    return await dataset.open('train');
  } catch (thrown) {
    throw new LociError(
      'dataset-unopened',
      `Rewards are tested on questions of the config's dataset, which cannot be opened: ${messageOf(thrown)}`,
      { cause: thrown },
    );
  }
}

/** Reports only every tenth of the work, so that a log stays short. */
function throttled(progress: Progress): (done: number, total: number, reward: string) => void {
  let shown = 0;
  return (done, total, reward) => {
    if (done < shown) return;
    shown = done + total / 10;
    progress.update('tried', done, total, reward);
  };
}

function pickedText({ samples, sorts }: PickedSamples): string {
  const counts = [...sorts].map(([sort, count]) => `${sort} ${count}`).join(', ');
  return `Tried on ${samples.length} training questions: ${counts}.`;
}

function contractBroken(names: readonly string[], total: number): LociError {
  const verb = names.length === 1 ? 'breaks' : 'break';
  return new LociError(
    'contract-broken',
    `${names.length} of ${total} rewards ${verb} the contract: ${names.join(', ')}`,
  );
}
