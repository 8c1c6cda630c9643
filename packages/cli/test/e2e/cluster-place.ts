/** A folder as a person has it before training on a cluster: a config, storage, and a Ray head of ours with a stand-in for the engine. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeRay, withStandIns } from '@loci/cluster/testing';
import type { FakeRayOptions } from '@loci/cluster/testing';
import { runCommand } from './command.ts';

/** The model that comes with Loci, as the nodes see it. */
export const START_MODEL = join(import.meta.dirname, '../../assets/start-model');

/** Settings of a run that a stand-in trains in moments, all but its trainer. */
export const SMALL_RUN = `
steps: 4
promptsPerStep: 2
evaluate: { questions: 2, every: 0 }
checkpoint: { every: 2, keep: 0 }
policy: { model: ${START_MODEL} }
dataset: { folder: ./rooms, trainScenes: 3, testScenes: 2, height: 56, width: 84, seconds: 1 }
sampler: { completionsPerPrompt: 2, maxNewTokens: 64 }
rewards: [answer, format]
`;

/** Words that train a new run in the folder `run`. */
export function trainWords(run: string, ...set: readonly string[]): readonly string[] {
  const settings = set.flatMap((one) => ['--set', one]);
  return ['train', '--config', 'cluster.yaml', '--run', run, ...settings];
}

/** Asks a few questions of the model that a run left. @returns the model's folder and the exit code. */
export async function evaluateLeft(
  directory: string,
  stdout: string,
): Promise<{ readonly model: string; readonly code: number | null }> {
  const [, model = ''] = /^model {3}(\S+)$/mu.exec(stdout) ?? [];
  const asked = ['--policy', model, '--items', '2', '--out', 'evaluation'];
  const { code } = await runCommand(directory, ['evaluate', '--config', 'cluster.yaml', ...asked]);
  return { model, code };
}

/** How the stand-in and its nodes behave. */
export interface ClusterFaults {
  readonly stepMs?: number;
  readonly failAt?: number;
  readonly dieAt?: number;
  /** A step before which the job waits until `letGo`. */
  readonly holdAt?: number;
  readonly nodes?: readonly object[];
  /** Further lines of the config. */
  readonly config?: string;
}

const GATE = 'go';

/** Lets a job go on that waits. */
export function letGo({ directory }: ClusterPlace): void {
  writeFileSync(join(directory, GATE), '');
}

/** A place to train from. */
export interface ClusterPlace {
  readonly directory: string;
  readonly storage: string;
  readonly head: FakeRay;
  /** Jobs that trained, as the head started them. */
  trainings(): number;
}

const VERSIONS = { ray: '2.58.0', verl: '0.9.0', vllm: '0.18.1', transformers: '5.6.0' };

/** Two nodes that have all. */
export const TWO_NODES = ['10.0.0.2', '10.0.0.3'].map((address) => ({
  ...{ address, gpus: 8, versions: VERSIONS },
}));

/** Makes the folder and starts the head; whoever calls disposes of the head. */
export async function clusterPlace(
  faults: ClusterFaults = {},
  options: FakeRayOptions = {},
): Promise<ClusterPlace> {
  const { stepMs = 20, failAt = 0, dieAt = 0, holdAt = 0, nodes = TWO_NODES, config = '' } = faults;
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'loci-cluster-')));
  const storage = join(directory, 'storage');
  mkdirSync(storage);
  const settings = [
    `STAND_IN_STEP_MS=${stepMs} STAND_IN_FAIL_AT=${failAt} STAND_IN_DIE_AT=${dieAt}`,
    `STAND_IN_HOLD_AT=${holdAt} STAND_IN_GATE=${join(directory, GATE)}`,
    `STAND_IN_NODES='${JSON.stringify(nodes)}'`,
  ].join(' ');
  const command = (entrypoint: string): string => `export ${settings}; ${withStandIns(entrypoint)}`;
  const head = await new FakeRay({ command, ...options }).start();
  writeFileSync(
    join(directory, 'cluster.yaml'),
    `${SMALL_RUN}trainer:
  use: verl
  address: ${head.url}
  storage: ${storage}
  nodes: 2
  gpusPerNode: 2
  pollMs: 100
  patienceMs: 20000
${config}
`,
  );
  const trainings = (): number =>
    head.started.filter((entrypoint) => entrypoint.includes('verl.trainer.main_ppo')).length;
  return { directory, storage, head, trainings };
}

/** Lines of a file of JSON lines; none where it is not there. */
export function jsonLines(file: string): readonly Readonly<Record<string, unknown>>[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}
