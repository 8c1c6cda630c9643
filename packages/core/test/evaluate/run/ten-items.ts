/** Ten questions that tests have answered. */
import type { EvaluateOptions } from '../../../src/evaluate/run/evaluate.ts';
import { greedySampling } from '../../../src/rollout/greedy-sampling.ts';
import type { BenchmarkItem, Policy, SampleRequest } from '../../../src/spec/index.ts';
import { fakeBenchmark, fakePolicy } from '../../../src/testing/index.ts';

/** Two questions a scene, one of them without its video, one about an image. */
export const items: readonly BenchmarkItem[] = Array.from({ length: 10 }, (_, index) => ({
  id: `q${index}`,
  task: index < 5 ? 'near' : 'far',
  groups: {},
  question: String(index),
  options: [],
  answer: 'A',
  media: [{ kind: index === 9 ? 'image' : 'video', path: `/data/videos/${index >> 1}.mp4` }],
  ...(index === 4 && { missing: 'there is no 2.mp4' }),
}));

/** Whose answers are right when they hold an A. */
export const benchmark = fakeBenchmark(
  (_, output) => ({ score: output.includes('A') ? 1 : 0 }),
  items,
);

/** A policy that counts the prompts it is asked. */
export function counting(): { policy: Policy; asked(): number } {
  const policy = fakePolicy();
  const { sample } = policy;
  let asked = 0;
  Object.assign(policy, {
    sample(request: SampleRequest) {
      asked += request.prompts.length;
      return sample.call(policy, request);
    },
  });
  return { policy, asked: () => asked };
}

/** Three at once, drawn. */
export const options: Omit<EvaluateOptions, 'keep'> = {
  conditions: ['as-filmed'],
  batchSize: 3,
  sampling: { ...greedySampling(6), temperature: 1 },
  seed: 5,
};
