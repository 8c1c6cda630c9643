/** Policies that fail, or say what a test wants, and questions to ask them. */
import { from, throwError } from 'rxjs';
import { LociError } from '../../../src/errors/loci-error.ts';
import type { ErrorConcern } from '../../../src/errors/loci-error.ts';
import { takeItems } from '../../../src/evaluate/items/take-items.ts';
import { evaluate } from '../../../src/evaluate/run/evaluate.ts';
import type { EvaluateOptions } from '../../../src/evaluate/run/evaluate.ts';
import type { PredictionRow } from '../../../src/evaluate/store/predictions.ts';
import { greedySampling } from '../../../src/rollout/greedy-sampling.ts';
import type { Benchmark, BenchmarkItem, Policy, SampleRequest } from '../../../src/spec/index.ts';
import { fakeBenchmark, fakePolicy } from '../../../src/testing/index.ts';

/** So many questions about a video each. */
export const itemsOf = (length: number): readonly BenchmarkItem[] =>
  Array.from({ length }, (_, index) => ({
    id: `q${index}`,
    task: 'near',
    groups: {},
    question: String(index),
    options: [],
    answer: 'A',
    media: [{ kind: 'video', path: `/data/${index}.mp4` }],
  }));

/** The same as a benchmark on which every answer is right. */
export const benchmarkOf = (length: number) => fakeBenchmark(() => ({ score: 1 }), itemsOf(length));

/** One by one, drawn. */
export const options: EvaluateOptions = {
  conditions: ['as-filmed'],
  batchSize: 1,
  sampling: { ...greedySampling(6), temperature: 1 },
  seed: 5,
  keep: () => undefined,
};

/** Evaluates all items of a benchmark. */
export const evaluated = async (policy: Policy, benchmark: Benchmark, asked: EvaluateOptions) =>
  evaluate(policy, benchmark, await takeItems(benchmark, { seed: 5 }), asked);

/** What the errors of a policy behind a server are about. */
const CONCERNS: Readonly<Record<string, ErrorConcern>> = {
  'remote-refused': 'item',
  'remote-forbidden': 'either',
  'remote-unavailable': 'model',
};

/** An error as a policy behind a server throws it. */
export const remoteError = (code: string, message: string): LociError => {
  const concerns = CONCERNS[code];
  return new LociError(code, message, { ...(concerns && { concerns }) });
};

/** A policy that fails with a code where it is told to, by the number of the call from 0. */
export function failing(
  code: string,
  fails: (call: number) => boolean,
): { policy: Policy; calls(): number } {
  const policy = fakePolicy();
  const { sample } = policy;
  let calls = 0;
  Object.assign(policy.capabilities, { concurrentSamples: 1 });
  Object.assign(policy, {
    sample: (request: SampleRequest) =>
      fails(calls++)
        ? throwError(() => remoteError(code, `no: ${code}`))
        : sample.call(policy, request),
  });
  return { policy, calls: () => calls };
}

/** What became of each item. */
export const statuses = (rows: ReadonlyMap<string, PredictionRow>) =>
  [...rows.values()].map(({ prediction }) => prediction.status);

/** A policy that says these texts, one after the other and the last from then on, cut where they end in `…`. */
export function saying(...texts: readonly string[]): { policy: Policy; limits: number[] } {
  const policy = fakePolicy();
  const limits: number[] = [];
  Object.assign(policy.processor, { detokenize: (ids: Int32Array) => texts[ids[0]!] });
  Object.assign(policy, {
    sample({ prompts, sampling }: SampleRequest) {
      return from(
        prompts.map((_, prompt) => {
          const index = Math.min(limits.length, texts.length - 1);
          limits.push(sampling.maxNewTokens);
          const finishReason = texts[index]!.endsWith('…') ? 'length' : 'stop';
          const tokenIds = Int32Array.of(index);
          const logProbs = new Float32Array(1);
          return { type: 'completion', prompt, completion: 0, tokenIds, logProbs, finishReason };
        }),
      );
    },
  });
  return { policy, limits };
}
