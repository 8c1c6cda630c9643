/** Takes steps for a profile: some undisturbed, for the time of each phase, and some with ONNX Runtime's profiles, for its operators. */
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOnnxPolicy } from '../../onnx/onnx-policy.ts';
import type { OnnxPolicy } from '../../onnx/onnx-policy.ts';
import { OnnxRuntime } from '../../onnx/onnx-runtime.ts';
import type { NoteSettings, WorkNote } from '../../graph/engine/runtime-messages.ts';
import { LociError } from '@loci/core';
import { measureSteps } from '../one-engine.ts';
import { architectureOf, numberOf, oneOf } from '../flags.ts';
import type { BenchFlags } from '../flags.ts';
import { SHAPE_NAMES, shapePrompt, writeShapeModel } from '../shapes.ts';
import type { ShapeModel } from '../shapes.ts';
import { timeStep } from '../time-step.ts';
import type { StepTimes } from '../time-step.ts';
import { readProfile } from './ort-profile.ts';
import type { NodeTime } from './ort-profile.ts';
import { costsOf } from './phases.ts';
import type { Phase, PhaseCost, StepMarks } from './phases.ts';

/** A step with all its notes. */
export interface NotedStep {
  readonly costs: ReadonlyMap<Phase, PhaseCost>;
  readonly marks: StepMarks;
}

/** The data of a profile. */
export interface Collected {
  readonly steps: readonly NotedStep[];
  /** Nodes of the runs of one step, by phase. */
  readonly nodes: ReadonlyMap<Phase, readonly NodeTime[]>;
  /** Trained parameters. */
  readonly parameters: number;
  readonly description: string;
  readonly usual: UsualSteps;
}

/** Steps with the settings of a training run, which choose lanes and the decoder by the model. */
export interface UsualSteps {
  readonly description: string;
  readonly steps: readonly StepTimes[];
}

/** Steps before the one whose nodes count. */
const PROFILE_WARM_UP = 2;

/** The worker of a policy with work notes. */
function runtimeOf({ engine }: OnnxPolicy): OnnxRuntime {
  if (engine.runtime instanceof OnnxRuntime) return engine.runtime;
  throw new LociError('no-notes', 'Only the ONNX engine records notes of its work');
}

/** Takes one step and the notes of it, without ending profiles. */
async function markedStep(
  policy: OnnxPolicy,
  model: ShapeModel,
  flags: BenchFlags,
  seed: number,
): Promise<{ readonly marks: StepMarks; readonly step: Awaited<ReturnType<typeof timeStep>> }> {
  const at: number[] = [];
  const cpuMs: number[] = [];
  const onMark = () => {
    const { user, system } = process.cpuUsage();
    at.push(performance.timeOrigin + performance.now());
    cpuMs.push((user + system) / 1000);
  };
  const newTokens = numberOf(flags, 'tokens');
  const prompts = [shapePrompt(model, { video: flags.vl }, seed)];
  const step = await timeStep(policy, prompts, { seed, newTokens, onMark });
  return { marks: { at, cpuMs }, step };
}

/** Undisturbed steps after a warm-up. */
async function plainSteps(
  policy: OnnxPolicy,
  model: ShapeModel,
  flags: BenchFlags,
): Promise<readonly NotedStep[]> {
  const all: StepMarks[] = [];
  const measured = await measureSteps(flags, async (seed) => {
    const { marks, step } = await markedStep(policy, model, flags, seed);
    all.push(marks);
    return step;
  });
  const notes = await runtimeOf(policy).takeNotes();
  return all.slice(-measured.length).map((marks) => ({ marks, costs: costsOf(notes, marks) }));
}

/** Steps as a training run takes them, without notes. */
async function usualSteps(
  folder: string,
  model: ShapeModel,
  flags: BenchFlags,
): Promise<UsualSteps> {
  const machine = {
    provider: 'cpu',
    threads: numberOf(flags, 'threads'),
    spin: flags.spin,
  } as const;
  const policy = await openOnnxPolicy({ model: folder, ...machine, decoder: 'auto' });
  try {
    const newTokens = numberOf(flags, 'tokens');
    const steps = await measureSteps(flags, (seed) =>
      timeStep(policy, [shapePrompt(model, { video: flags.vl }, seed)], { seed, newTokens }),
    );
    return { description: policy.capabilities.description, steps };
  } finally {
    await policy.dispose();
  }
}

/** Nodes by phase of the last of a few profiled steps. */
async function profiledNodes(
  policy: OnnxPolicy,
  model: ShapeModel,
  flags: BenchFlags,
  folder: string,
): Promise<ReadonlyMap<Phase, readonly NodeTime[]>> {
  let marks: StepMarks | undefined;
  for (let seed = 0; seed <= PROFILE_WARM_UP; seed++) {
    ({ marks } = await markedStep(policy, model, flags, seed));
  }
  const notes = await runtimeOf(policy).takeNotes();
  const costs = costsOf(notes, marks!);
  const files = await readdir(folder);
  const nodes = new Map<Phase, readonly NodeTime[]>();
  for (const [phase, { session, runs }] of costs) {
    if (session === undefined) continue;
    const file = files.find((name) => name.startsWith(`session-${session}-`))!;
    const profile = readProfile(await readFile(join(folder, file), 'utf8'));
    assertWhole(profile.length, notes, session);
    nodes.set(phase, profile.slice(-runs).flat());
  }
  return nodes;
}

/** Rejects a profile with lost runs, which would make the engine look faster. */
function assertWhole(found: number, notes: readonly WorkNote[], session: number): void {
  const ran = notes.filter((note) => note.kind === 'run' && note.session === session).length;
  if (found === ran) return;
  throw new LociError(
    'profile-incomplete',
    `ONNX Runtime's profile of session ${session} has ${found} of ${ran} runs: its number of events is limited, so use fewer tokens (--tokens)`,
  );
}

/** Collects the data for the profile of a shape. */
export async function collect(flags: BenchFlags): Promise<Collected> {
  const shape = oneOf('shape', flags.shape, SHAPE_NAMES);
  const folder = await mkdtemp(join(tmpdir(), 'loci-profile-'));
  const profiles = join(folder, 'profiles');
  try {
    await mkdir(profiles);
    const model = await writeShapeModel(folder, shape, architectureOf(flags));
    const open = (notes: NoteSettings) => {
      const threads = numberOf(flags, 'threads');
      // In one lane: the costs of parallel runs cannot be separated.
      const machine = { provider: 'cpu', threads, spin: flags.spin, lanes: 1 } as const;
      return openOnnxPolicy({ model: folder, ...machine, notes });
    };
    const plain = await open({});
    const steps = await plainSteps(plain, model, flags);
    const { description } = plain.capabilities;
    const parameters = plain.engine.arena.size;
    await plain.dispose();
    const profiled = await open({ profiles });
    const nodes = await profiledNodes(profiled, model, flags, profiles);
    await profiled.dispose();
    const usual = await usualSteps(folder, model, flags);
    return { steps, nodes, parameters, description, usual };
  } finally {
    await rm(folder, { recursive: true });
  }
}
