/** Policies that are each wrong in one way, with the check of the contract that must say so. */
import { Observable, map, mergeMap, toArray } from 'rxjs';
import { LociError } from '../../src/errors/loci-error.ts';
import type {
  EncodedPrompt,
  Loss,
  OptimStepParameters,
  Policy,
  PolicyGroup,
  SampleRequest,
  TrainingGroup,
} from '../../src/spec/index.ts';
import type { FakePolicy } from '../../src/testing/index.ts';
import { withWeights, wrong } from './wrong-policy.ts';

const drawn = (right: FakePolicy, change: (request: SampleRequest) => Partial<SampleRequest>) => ({
  sample: (request: SampleRequest) => right.sample({ ...request, ...change(request) }),
});

/** Changes the parameters of every step. */
export const stepped = (
  right: FakePolicy,
  change: (parameters: OptimStepParameters) => Partial<OptimStepParameters>,
) => ({
  optimStep: (parameters: OptimStepParameters) =>
    right.optimStep({ ...parameters, ...change(parameters) }),
});

const learned = (right: FakePolicy, change: (group: TrainingGroup) => TrainingGroup) => ({
  forwardBackward: (groups: readonly TrainingGroup[], loss: Loss) =>
    right.forwardBackward(groups.map(change), loss),
});

let clock = 0;

const NO_STEP: OptimStepParameters = {
  learningRate: 0,
  beta1: 0,
  beta2: 0,
  epsilon: 1,
  weightDecay: 0,
  maxGradNorm: 0,
};

/** How each is wrong, and the beginning of the name of a check. */
export const WRONG: readonly (readonly [how: string, check: string, create: () => Policy])[] = [
  [
    'draws as it likes',
    'the same seed gives the same tokens',
    wrong((right) => drawn(right, () => ({ seed: clock++ }))),
  ],
  [
    'does not look at the seed',
    'the same seed gives the same tokens',
    wrong((right) => drawn(right, () => ({ seed: 1 }))),
  ],
  [
    'says that its prompts open what they do not end in',
    'a prompt is encoded the same way twice',
    wrong(({ processor }) => ({
      processor: {
        ...processor,
        encode: async (...given) => ({ ...(await processor.encode(...given)), opened: '<map>' }),
      },
    })),
  ],
  [
    'is warm when it should be greedy',
    'greedy tokens',
    wrong((right) =>
      drawn(right, ({ sampling }) => ({ sampling: { ...sampling, temperature: 1 } })),
    ),
  ],
  [
    'has no top-k',
    'greedy tokens',
    wrong((right) => drawn(right, ({ sampling }) => ({ sampling: { ...sampling, topK: 0 } }))),
  ],
  [
    'draws one completion too few',
    'every completion is finished once',
    wrong((right) =>
      drawn(right, (request) => ({ completionsPerPrompt: request.completionsPerPrompt - 1 })),
    ),
  ],
  [
    'says of another completion whose a token is',
    'every completion is finished once',
    wrong((right) => ({
      sample: (request) =>
        right.sample(request).pipe(map((event) => ({ ...event, completion: 0 }))),
    })),
  ],
  [
    'streams all chunks when all is done',
    'chunks come before',
    wrong((right) => ({
      sample: (request) =>
        right.sample(request).pipe(
          toArray(),
          mergeMap((events) => [
            ...events.filter(({ type }) => type === 'completion'),
            ...events.filter(({ type }) => type === 'chunk'),
          ]),
        ),
    })),
  ],
  [
    'goes on when nobody listens',
    'unsubscribing ends the work',
    wrong((right) => ({
      sample: (request) =>
        new Observable((subscriber) => {
          right.sample(request).subscribe({
            next: (event) => subscriber.next(event),
            error: (thrown) => subscriber.error(thrown),
            complete: () => subscriber.complete(),
          });
        }),
    })),
  ],
  [
    'tells of log-probabilities that are not those at the temperature',
    'trainer and sampler agree',
    wrong((right) => ({
      sample: (request) =>
        right.sample(request).pipe(
          map((event) => ({
            ...event,
            logProbs: event.logProbs.map((value) => value * request.sampling.temperature),
          })),
        ),
    })),
  ],
  [
    'cuts prompts that are too long',
    'requests that no model could answer',
    wrong((right) =>
      drawn(right, ({ prompts }) => ({ prompts: prompts.map((prompt) => shortened(prompt)) })),
    ),
  ],
  [
    'lets an empty completion pass',
    'groups that no model could read',
    wrong((right) => {
      const filled = <Group extends PolicyGroup>(group: Group): Group => ({
        ...group,
        completions: group.completions.map((ids) => (ids.length === 0 ? Int32Array.of(5) : ids)),
      });
      return {
        logProbs: (groups, weights, readout) =>
          right.logProbs(groups.map(filled), weights, readout),
        forwardBackward: (groups, loss) =>
          right.forwardBackward(
            groups.map(filled).filter(({ targets }) => targets[0]!.weights.length > 0),
            loss,
          ),
      };
    }),
  ],
  [
    'fails on bad input with whatever it trips over',
    'targets that do not fit',
    wrong((right) => ({
      forwardBackward: (groups, loss) =>
        right.forwardBackward(groups, loss).catch((thrown: unknown) => {
          throw LociError.is(thrown) ? new TypeError(thrown.message) : thrown;
        }),
    })),
  ],
  [
    'finds out too late that targets do not fit',
    'targets that do not fit',
    wrong((right) => ({
      async forwardBackward(groups, loss) {
        let result = await right.forwardBackward(groups.slice(0, 1), loss);
        if (groups.length > 1) result = await right.forwardBackward(groups.slice(1), loss);
        return result;
      },
    })),
  ],
  [
    'counts what is not finite as 0',
    'what is not finite',
    wrong((right) =>
      learned(right, (group) =>
        withWeights(group, (weight) => (Number.isFinite(weight) ? weight : 1)),
      ),
    ),
  ],
  [
    'forgets the weights of tokens',
    'cross-entropy is the weighted sum',
    wrong((right) => learned(right, (group) => withWeights(group, (weight) => weight && 1))),
  ],
  [
    'has no clip',
    'the policy gradient is the weighted sum',
    wrong((right) => ({
      forwardBackward: (groups, loss) =>
        right.forwardBackward(groups, { ...loss, clipLow: 1e9, clipHigh: 1e9 } as Loss),
    })),
  ],
  [
    'has a gradient of half the loss',
    'cross-entropy falls as its gradient says',
    wrong((right) => ({
      async forwardBackward(groups, loss) {
        const half = groups.map((group) => withWeights(group, (weight) => weight / 2));
        const result = await right.forwardBackward(half, loss);
        return { ...result, loss: 2 * result.loss };
      },
    })),
  ],
  [
    'climbs',
    'a step lowers the loss',
    wrong((right) => stepped(right, ({ learningRate }) => ({ learningRate: -learningRate }))),
  ],
  [
    'keeps no more than the last gradients',
    'gradients of parts add up',
    wrong((right) => ({
      async forwardBackward(groups, loss) {
        await right.optimStep({ ...NO_STEP });
        return right.forwardBackward(groups, loss);
      },
    })),
  ],
  [
    'does not clip',
    'the norm that it reports',
    wrong((right) => stepped(right, () => ({ maxGradNorm: 0 }))),
  ],
  [
    'has no first moment',
    'moments carry over',
    wrong((right) => stepped(right, () => ({ beta1: 0 }))),
  ],
  [
    'steps as far as the gradient is long',
    'a first step is as long whatever',
    wrong((right) => stepped(right, () => ({ epsilon: 1 }))),
  ],
  [
    'has no weight decay',
    'without gradient nothing moves',
    wrong((right) => stepped(right, () => ({ weightDecay: 0 }))),
  ],
  [
    'decays when nobody asked it to',
    'without gradient nothing moves',
    wrong((right) => stepped(right, () => ({ weightDecay: 0.1 }))),
  ],
  [
    'does not save the moments',
    'what was saved loads',
    wrong((right) => ({ save: (directory) => right.save(directory, { optimizer: false }) })),
  ],
  [
    'loads nothing and says nothing',
    'a checkpoint that is missing',
    wrong((right) => ({ load: (directory) => right.load(directory).catch(() => undefined) })),
  ],
  [
    'goes on sampling when it was disposed of',
    'disposed of while it samples',
    wrong(() => ({ dispose: async () => undefined })),
  ],
  [
    'works on when it was disposed of',
    'disposed of, also twice',
    wrong(() => ({ dispose: async () => undefined })),
  ],
];

function shortened(prompt: EncodedPrompt): EncodedPrompt {
  return { ...prompt, tokenIds: prompt.tokenIds.slice(0, 1000) };
}
