/** The rules of the alerts, one function each: compare figures of the run with a threshold. */
import type { AlertSettings } from '../../../config/alert-settings.ts';
import type { AlertName, RunAlert } from '../../../spec/index.ts';
import type { FigureHistory } from './figure-history.ts';

/** The input of the rules. */
export interface AlertContext {
  readonly figures: FigureHistory;
  readonly settings: AlertSettings;
  /** Groups of a step, failed ones included. */
  readonly groupsPerStep: number;
}

/** An alert without its name and step. */
export type AlertFinding = Omit<RunAlert, 'name' | 'step'>;

/** A rule returns its finding, or undefined while all is well or there are too few figures. */
export type AlertRule = (context: AlertContext) => AlertFinding | undefined;

/** One reward makes up nearly all of the total, but did not at the start. */
function rewardTakesOver({ figures, settings }: AlertContext): AlertFinding | undefined {
  const threshold = settings.maxRewardShare;
  const names = figures.names(WEIGHTED);
  if (threshold === false || names.length < 2) return undefined;
  const means = names.map((name) => ({ name, ...figures.means(name) }));
  const share = (when: 'recent' | 'start', name: string): number => {
    const sizes = means.map((one) => Math.abs(one[when] ?? 0));
    const own = Math.abs(means.find((one) => one.name === name)![when] ?? 0);
    return own / sizes.reduce((sum, size) => sum + size, 0);
  };
  const found = means.find(
    ({ name, start }) =>
      start !== undefined && share('recent', name) > threshold && share('start', name) <= threshold,
  );
  if (found === undefined) return undefined;
  const value = share('recent', found.name);
  const reward = found.name.slice(WEIGHTED.length);
  return {
    ...{ metric: found.name, value, threshold },
    message: `The reward "${reward}" makes up ${percent(value)} of the total, and ${percent(share('start', found.name))} at the start: read rollouts that it scores high, and lower its weight or clip it if they are no better`,
  };
}

const WEIGHTED = 'weighted/';

/** All completions earn nearly the same, so that advantages carry little signal. */
function rewardSpreadCollapses({ figures, settings }: AlertContext): AlertFinding | undefined {
  const threshold = settings.minRewardSpread;
  const metric = 'reward/std';
  const { recent, start } = figures.means(metric) ?? {};
  if (threshold === false || recent === undefined || !start) return undefined;
  const value = recent / start;
  if (value >= threshold) return undefined;
  return {
    ...{ metric, value, threshold },
    message: `The spread of the rewards fell to ${percent(value)} of that at the start: completions have become alike, or equally good; read their texts, and check the sampling temperature`,
  };
}

/** Completions become far longer or shorter than they were. */
function lengthDrifts({ figures, settings }: AlertContext): AlertFinding | undefined {
  const threshold = settings.maxLengthRatio;
  const metric = 'completion/tokens';
  const { recent, start } = figures.means(metric) ?? {};
  if (threshold === false || recent === undefined || !start) return undefined;
  const value = recent / start;
  if (value <= threshold && value >= 1 / threshold) return undefined;
  return {
    ...{ metric, value, threshold },
    message: `Completions have ${figure(recent)} tokens, and had ${figure(start)} at the start: read the ${value > 1 ? 'longer' : 'shorter'} ones, and check which reward favors them`,
  };
}

/** The policy has moved far from the start model. */
function klGrows({ figures, settings }: AlertContext): AlertFinding | undefined {
  const threshold = settings.maxKl;
  const metric = 'policy/kl';
  const value = figures.means(metric)?.recent;
  if (threshold === false || value === undefined || value <= threshold) return undefined;
  return {
    ...{ metric, value, threshold },
    message: `The KL to the start model has grown to ${figure(value)} nats a token: a greater objective.klWeight or a lower learning rate keeps the policy closer`,
  };
}

/** Sampler and trainer disagree on log-probabilities. */
function gapGrows({ figures, settings }: AlertContext): AlertFinding | undefined {
  const threshold = settings.maxGap;
  const metric = 'gap/mean';
  const value = figures.means(metric)?.recent;
  if (threshold === false || value === undefined || value <= threshold) return undefined;
  return {
    ...{ metric, value, threshold },
    message: `Log-probabilities of sampler and trainer differ by ${figure(value)} nats a token: check that both have the same weights, precision and temperature`,
  };
}

/** Most groups teach nothing. */
function groupsWithoutSignal({ figures, settings }: AlertContext): AlertFinding | undefined {
  const threshold = settings.maxIdleGroups;
  const metric = 'groups/zero-variance';
  const value = figures.means(metric)?.recent;
  if (threshold === false || value === undefined || value <= threshold) return undefined;
  return {
    ...{ metric, value, threshold },
    message: `${percent(value)} of the groups teach nothing, because their completions earn the same: try other questions, dynamicSampling or a smoother reward`,
  };
}

/** Rewards fail often. */
function rewardsFail({ figures, settings, groupsPerStep }: AlertContext): AlertFinding | undefined {
  const threshold = settings.maxFailedGroups;
  const metric = 'groups/failed';
  if (threshold === false) return undefined;
  const value = figures.recentSum(metric) / (groupsPerStep * settings.window);
  if (value <= threshold) return undefined;
  return {
    ...{ metric, value, threshold },
    message: `${figures.recentSum(metric)} groups of the last ${settings.window} steps lost a reward, so the run learned nothing from them: see the warnings of the run for the reward and its error`,
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Every rule, by the alert that it raises. */
export const ALERT_RULES: Readonly<Record<AlertName, AlertRule>> = {
  'reward-takes-over': rewardTakesOver,
  'reward-spread-collapses': rewardSpreadCollapses,
  'length-drifts': lengthDrifts,
  'kl-grows': klGrows,
  'gap-grows': gapGrows,
  'groups-without-signal': groupsWithoutSignal,
  'rewards-fail': rewardsFail,
};
