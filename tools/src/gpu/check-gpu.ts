/** All parts on all targets, one after another: parity, timing, a training run, and PyTorch beside them. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { failureOf, readBench, readParity, readTorch } from './part.ts';
import type { PartResult, Reading } from './part.ts';
import { readTraining } from './read-training.ts';
import { runCommand } from './run-command.ts';
import type { EndedCommand } from './run-command.ts';
import { CPU_TARGET, GPU_TARGETS } from './targets.ts';
import type { Availability, GpuMachine, GpuTarget } from './targets.ts';

/** The parts, in the order in which they run. */
export const GPU_PARTS = ['parity', 'bench', 'train', 'torch'] as const;

/** A part by its name. */
export type GpuPart = (typeof GPU_PARTS)[number];

/** Which parts are run, on which targets and at what size. */
export interface GpuSettings {
  readonly parts: readonly GpuPart[];
  /** Names of targets. */
  readonly targets: readonly string[];
  /** Parity folder. */
  readonly fixture: string;
  /** Root of the repository. */
  readonly root: string;
  /** Folder of logs and runs. */
  readonly out: string;
  /** A few steps of the smallest size: to see that every part runs. */
  readonly tiny: boolean;
  readonly python: string;
}

interface Task {
  readonly part: GpuPart;
  readonly label: string;
  readonly command: readonly [string, ...string[]];
  readonly limitSeconds: number;
  readonly read: (ended: EndedCommand) => Reading;
}

const node = process.execPath;

function benchTasks({ root, tiny }: GpuSettings, { flags }: GpuTarget): Task[] {
  const script = join(root, 'packages/backends/dist/bench/main.js');
  const shapes = tiny
    ? [['--shape', 'tiny', '--tokens', '8', '--warmup', '1', '--seconds', '1']]
    : ['small', 'large'].flatMap((shape) => [
        ['--shape', shape],
        ['--shape', shape, '--vl'],
      ]);
  return shapes.map((shape) => ({
    part: 'bench',
    label: `bench ${shape[1]}${shape.includes('--vl') ? ' video' : ''}`,
    command: [node, script, ...flags, ...shape],
    limitSeconds: 900,
    read: readBench,
  }));
}

/** The default run; tiny, two steps on a handful of rooms. */
function trainTask({ root, out, tiny }: GpuSettings, { name, settings }: GpuTarget): Task {
  const run = join(out, `run-${name.replace(':', '-')}`);
  const few = [
    ...['steps=2', 'promptsPerStep=2', 'evaluate.questions=4', 'evaluate.controls=false'],
    ...['dataset.trainScenes=4', 'dataset.testScenes=4', 'sampler.maxNewTokens=12'],
    ...['sampler.completionsPerPrompt=2', `dataset.folder=${join(out, 'rooms')}`],
  ];
  const set = [...settings, ...(tiny ? few : [])].flatMap((setting) => ['--set', setting]);
  return {
    part: 'train',
    label: 'training run',
    command: [node, join(root, 'packages/cli/dist/main.js'), 'train', '--run', run, ...set],
    limitSeconds: 3600,
    read: (ended) => readTraining(ended, run),
  };
}

function tasksOf(settings: GpuSettings, target: GpuTarget): Task[] {
  const parity: Task = {
    part: 'parity',
    label: 'parity',
    command: [
      ...[node, join(settings.root, 'tools/dist/parity.js')],
      ...['--fixture', settings.fixture, ...target.flags],
    ] as [string, ...string[]],
    limitSeconds: 3600,
    read: readParity,
  };
  if (target === CPU_TARGET) return benchTasks(settings, target);
  return [parity, ...benchTasks(settings, target), trainTask(settings, target)];
}

/** PyTorch's step on the GPU where there is one, else on the CPU, at the sizes of the others. */
function torchTasks({ root, python, tiny }: GpuSettings, onGpu: boolean): Task[] {
  const script = join(root, 'tools/torch/grpo_step.py');
  const shapes = tiny
    ? [['--shape', 'tiny', '--tokens', '8', '--seconds', '1']]
    : [
        ['--shape', 'small'],
        ['--shape', 'large'],
      ];
  return shapes.map((shape) => ({
    part: 'torch',
    label: `bench ${shape[1]}`,
    command: [python, script, '--device', onGpu ? 'cuda' : 'cpu', ...shape],
    limitSeconds: 900,
    read: readTorch,
  }));
}

async function runTask(
  settings: GpuSettings,
  target: string,
  environment: Readonly<Record<string, string>>,
  { label, command, limitSeconds, read }: Task,
): Promise<PartResult> {
  const log = join(settings.out, `${target} ${label}.log`.replaceAll(/[ :]/g, '-'));
  const ended = await runCommand(command, { environment, log, limitSeconds });
  const { passed, figures, reason } = read(ended);
  return {
    part: label,
    target,
    status: passed ? 'passed' : 'failed',
    seconds: ended.seconds,
    figures,
    command: command.join(' '),
    log,
    ...(passed ? {} : { reason: reason ?? failureOf(ended) }),
  };
}

/** Why a part cannot run, or undefined. */
function obstacle(settings: GpuSettings, { part }: Task): string | undefined {
  if (part !== 'parity' || existsSync(settings.fixture)) return undefined;
  return `no parity folder at ${settings.fixture}; --fixture names one`;
}

async function torchObstacle({ python, out }: GpuSettings): Promise<string | undefined> {
  const log = join(out, 'torch.log');
  const ended = await runCommand([python, '-c', 'import torch; print(torch.__version__)'], {
    environment: {},
    log,
    limitSeconds: 120,
  });
  if (ended.code === 0) return undefined;
  return `${python} has no torch; --python names another`;
}

/** Runs the parts that `settings` name, and reports each as it ends. */
export async function checkGpu(
  settings: GpuSettings,
  { gpu, targets }: GpuMachine,
  report: (result: PartResult) => void,
): Promise<readonly PartResult[]> {
  mkdirSync(settings.out, { recursive: true });
  const results: PartResult[] = [];
  const keep = (result: PartResult) => {
    results.push(result);
    report(result);
  };
  const onCpu: Availability = { device: 'CPU', environment: {} };
  for (const target of [CPU_TARGET, ...GPU_TARGETS]) {
    if (!settings.targets.includes(target.name)) continue;
    const { name } = target;
    const available = target === CPU_TARGET ? onCpu : targets.get(name)!;
    const tasks = tasksOf(settings, target).filter(({ part }) => settings.parts.includes(part));
    if ('missing' in available) {
      const reason = `${available.missing}; ${available.help}`;
      keep({ part: 'every part', target: name, status: 'skipped', reason });
      continue;
    }
    for (const task of tasks) {
      const reason = obstacle(settings, task);
      if (reason === undefined) keep(await runTask(settings, name, available.environment, task));
      else keep({ part: task.label, target: name, status: 'skipped', reason });
    }
  }
  if (settings.parts.includes('torch')) {
    const reason = await torchObstacle(settings);
    for (const task of torchTasks(settings, !('missing' in gpu))) {
      if (reason === undefined) keep(await runTask(settings, 'torch', {}, task));
      else keep({ part: task.label, target: 'torch', status: 'skipped', reason });
    }
  }
  return results;
}
