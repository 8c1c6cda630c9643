/** One SG-RLVR step on one video prompt: sample a group, reward it, reference, gradients, update; seconds and memory of each. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { normaliseGroup } from '@loci/core';
import type { EncodedPrompt, Message, Policy, TrainingGroup } from '@loci/core';
import { encodeFilm, generateRoom, renderRoom } from '@loci/datasets';
import { lastValueFrom, toArray } from 'rxjs';
import { gib, peakBytes, resetPeak } from './memory.ts';
import type { FrameSize } from './write-model.ts';

/** The time and memory of one part of the step. */
export interface Cost {
  readonly seconds: number;
  /** Of all threads together: what to compare where a machine is shared. */
  readonly cpuSeconds: number;
  /** Most resident memory while it ran. */
  readonly peakGib: number;
}

/** Runs a function and measures its time and memory. */
export async function measured<Result>(
  run: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly cost: Cost }> {
  await resetPeak();
  const start = performance.now();
  const used = process.cpuUsage();
  const result = await run();
  const { user, system } = process.cpuUsage(used);
  const rounded = (seconds: number) => Number(seconds.toFixed(1));
  const cost = {
    seconds: rounded((performance.now() - start) / 1000),
    cpuSeconds: rounded((user + system) / 1e6),
    peakGib: gib(await peakBytes()),
  };
  return { result, cost };
}

/** A question about a filmed room. @param textTokens roughly how long its text is; rules are repeated to fill it. */
export async function roomQuestion(
  folder: string,
  { frames, height, width }: FrameSize,
  textTokens: number,
): Promise<readonly Message[]> {
  const path = join(folder, 'room.mp4');
  const film = renderRoom(generateRoom(1), { frames, height, width });
  await writeFile(path, await encodeFilm(film, 2));
  const question =
    'How many chairs are in the room? Think, draw the map, then answer with a number.';
  const filler = 'Write the map as categories with their cells on a grid of ten by ten. ';
  const text = filler.repeat(Math.max(0, Math.round((textTokens - 20) / 16))) + question;
  const video = { type: 'media', media: { kind: 'video', path } } as const;
  return [{ role: 'user', parts: [video, { type: 'text', text }] }];
}

/** How much is sampled. */
export interface GroupSize {
  readonly completions: number;
  readonly newTokens: number;
}

async function sample(policy: Policy, prompt: EncodedPrompt, size: GroupSize) {
  const request = {
    prompts: [prompt],
    completionsPerPrompt: size.completions,
    seed: 1,
    sampling: {
      temperature: 1,
      topP: 0.95,
      topK: 0,
      repetitionPenalty: 1,
      maxNewTokens: size.newTokens,
    },
  };
  const events = await lastValueFrom(policy.sample(request).pipe(toArray()));
  const finished = events.filter(({ type }) => type === 'completion');
  return finished.sort((a, b) => a.completion - b.completion).map(({ tokenIds }) => tokenIds);
}

/** Share of ASCII letters: something that differs between completions of random weights. */
function reward(text: string): number {
  return (text.match(/[a-z]/gi)?.length ?? 0) / Math.max(text.length, 1);
}

function trainingGroup(
  policy: Policy,
  prompt: EncodedPrompt,
  completions: readonly Int32Array[],
  reference: readonly Float32Array[],
): TrainingGroup {
  const rewards = completions.map((ids) => reward(policy.processor.detokenize(ids)));
  const advantages = normaliseGroup(rewards, {
    divideByStd: true,
    epsilon: 1e-4,
    precision: 'float32',
    singleton: 'zero',
  });
  const targets = completions.map(({ length }, index) => ({
    weights: new Float32Array(length).fill(1 / (length * completions.length)),
    advantages: new Float32Array(length).fill(advantages[index]!),
    referenceLogProbs: reference[index]!,
  }));
  return { prompt, completions, targets };
}

/** Parts of a step. */
export interface StepCosts {
  readonly promptTokens: number;
  readonly sampling: Cost;
  readonly reference: Cost;
  readonly gradients: Cost;
  readonly update: Cost;
  readonly gradNorm: number;
}

/** Takes the step, strictly on policy, with KL against the start weights. */
export async function takeStep(
  policy: Policy,
  prompt: EncodedPrompt,
  size: GroupSize,
): Promise<StepCosts> {
  const sampling = await measured(() => sample(policy, prompt, size));
  const completions = sampling.result;
  const reference = await measured(() => policy.logProbs([{ prompt, completions }], 'start'));
  const group = trainingGroup(policy, prompt, completions, reference.result.logProbs[0]!);
  const loss = {
    kind: 'policy-gradient',
    clipLow: 0.2,
    clipHigh: 0.2,
    klWeight: 0.04,
    klClamp: 10,
  } as const;
  const gradients = await measured(() => policy.forwardBackward([group], loss));
  const update = await measured(() =>
    policy.optimStep({
      learningRate: 1e-5,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.01,
      maxGradNorm: 1,
    }),
  );
  return {
    promptTokens: prompt.tokenIds.length,
    sampling: sampling.cost,
    reference: reference.cost,
    gradients: gradients.cost,
    update: update.cost,
    gradNorm: update.result.gradNorm,
  };
}
