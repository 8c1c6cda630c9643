/** Collects the facts of a run: model, engine, data, rewards, seed, time, version, command. */
import { basename } from 'node:path';
import { LociError, readEngines, storedSettings } from '@loci/core';
import { BUNDLED_START_MODEL } from '../assets.ts';
import type { Fact } from '../page/page.ts';
import { formatDuration, formatFigure } from '../render/format.ts';
import type { RunRecord } from './run-record.ts';

type Settings = Readonly<Record<string, unknown>>;

/** The known facts; those of an unreadable config are left out. */
export function runFacts(run: RunRecord): readonly Fact[] {
  const settings = settingsOf(run);
  const engine = readEngines(run.directory).at(-1);
  const computes = [engine?.description, engine?.library, engine?.precision];
  const { best } = run;
  return [
    ['model', modelText(part(settings, 'policy'))],
    ['engine', computes.filter((word) => word !== undefined).join(', ')],
    ['data', dataText(run, part(settings, 'dataset'))],
    ['rewards', rewardsText(settings['rewards'])],
    ['objective', objectiveText(settings)],
    ['a step', stepText(settings)],
    ['seed', settings['seed'] === undefined ? '' : String(settings['seed'])],
    ...timeFacts(run),
    [
      'best checkpoint',
      best === undefined
        ? ''
        : `checkpoints/${best.directory}: ${best.figure} ${formatFigure(best.value)} after step ${best.step}`,
    ],
  ].flatMap(([term, text]) => (text === '' ? [] : [[term!, text!] as const]));
}

/** Steps in the config; undefined where it cannot be read. */
export function stepsWanted(run: Pick<RunRecord, 'configText' | 'directory'>): number | undefined {
  const { steps } = settingsOf(run);
  return typeof steps === 'number' ? steps : undefined;
}

function settingsOf({
  configText,
  directory,
}: Pick<RunRecord, 'configText' | 'directory'>): Settings {
  try {
    return storedSettings(configText, `${directory}/config.yaml`);
  } catch (thrown) {
    if (LociError.is(thrown)) throw thrown;
    return {};
  }
}

function part(settings: Settings, name: string): Settings {
  const found = settings[name];
  return typeof found === 'object' && found !== null ? (found as Settings) : {};
}

function modelText({ use, model, lora }: Settings): string {
  if (typeof model !== 'string') return typeof use === 'string' ? use : '';
  const isBundled = model === BUNDLED_START_MODEL || /[\\/]assets[\\/]start-model$/u.test(model);
  const name = isBundled ? 'the bundled start model' : basename(model);
  return typeof lora === 'object' && lora !== null ? `${name}, with a LoRA adapter` : name;
}

function dataText({ standing }: RunRecord, { use, folder, data, file }: Settings): string {
  const place = [folder, data, file].find((one) => typeof one === 'string');
  const start = standing.history.findLast((entry) => entry.event === 'start');
  const samples = start === undefined ? '' : `, ${start.samples} questions`;
  if (typeof use !== 'string') return samples.slice(2);
  return `${use}${typeof place === 'string' ? ` (${basename(place)})` : ''}${samples}`;
}

function rewardsText(rewards: unknown): string {
  if (!Array.isArray(rewards)) return '';
  return rewards
    .map((one: Settings) => {
      const { use, weight = 1 } = one;
      return `${String(use)}${weight === 1 ? '' : ` × ${typeof weight === 'number' ? weight : 'moving weight'}`}`;
    })
    .join(', ');
}

function objectiveText(settings: Settings): string {
  const names = ['objective', 'advantage'].map((name) => part(settings, name)['use']);
  return names.filter((name) => typeof name === 'string').join(', advantages by ');
}

function stepText(settings: Settings): string {
  const { promptsPerStep } = settings;
  const { completionsPerPrompt, groupSize } = part(settings, 'sampler');
  const completions = completionsPerPrompt ?? groupSize;
  if (promptsPerStep === undefined) return '';
  return `${String(promptsPerStep)} prompts${completions === undefined ? '' : ` × ${String(completions)} completions`}`;
}

function timeFacts({
  standing: { history },
  metrics,
}: RunRecord): readonly (readonly [string, string])[] {
  const starts = history.filter((entry) => entry.event === 'start');
  const [first] = starts;
  const last = starts.at(-1);
  const end = history.at(-1);
  const seconds = metrics.reduce((sum, { values }) => sum + (values['seconds/step'] ?? 0), 0);
  const resumed = starts.length < 2 ? '' : `, resumed ${starts.length - 1} times`;
  const { loci, node } = last?.versions ?? {};
  return [
    ['started', first === undefined ? '' : `${readable(first.time)}${resumed}`],
    ['ended', end?.event === 'end' ? readable(end.time) : ''],
    ['time in steps', seconds === 0 ? '' : formatDuration(1000 * seconds)],
    ['version', loci === undefined ? '' : `Loci ${loci}, Node ${node ?? ''}`],
    ['command', last?.command ?? ''],
  ];
}

/** `2026-11-29 14:02 UTC`. */
function readable(time: string): string {
  return time.replace(/^(.{10})T(.{5}).*$/u, '$1 $2 UTC');
}
