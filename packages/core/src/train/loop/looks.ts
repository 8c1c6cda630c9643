/**
 * Samples the prompts of a step under the looks that rewards compare with. The completions of a look are sampled after the group's own, one
 * look after another. The prompts of the next look are encoded while the engine samples.
 */
import { isRefusal } from '../../errors/refusal.ts';
import { deriveSeed, permutation } from '../../random/seed.ts';
import type { PromptedSample, RolloutRequest } from '../../rollout/collect-groups.ts';
import { LOOK_METHODS, changesUnder, lookCompletions } from '../../rollout/looks.ts';
import type {
  EncodedPrompt,
  Look,
  LookName,
  Policy,
  PromptTemplate,
  Rollout,
  RolloutGroup,
  Sample,
} from '../../spec/index.ts';
import type { PhaseClock } from './phase-clock.ts';

/** The looks of a run, and the parts that encode prompts under them. */
export interface LookParts {
  readonly looks: ReadonlyMap<LookName, Required<Look>>;
  readonly processor: Policy['processor'];
  readonly template: PromptTemplate;
  /** G. */
  readonly groupSize: number;
}

/** The prompts of a step that are sampled under looks. */
export interface LookRequest {
  readonly step: number;
  readonly prompts: readonly PromptedSample[];
  /** Further prompts of the step, whose media are foreign to these. */
  readonly others?: readonly PromptedSample[] | undefined;
  readonly seed: number;
  readonly clock: PhaseClock;
}

/** Samples completions of prompts. */
export type SamplePrompts = (
  request: Pick<RolloutRequest, 'prompts' | 'completionsPerPrompt' | 'seed'>,
) => Promise<readonly RolloutGroup[]>;

/**
 * The groups that `own` samples, with the completions under every look. A look is left out for a sample that it does not change (an image
 * has no frames to reorder), and for one whose step has no other video to show.
 *
 * @param own Samples the groups themselves, whose order is kept.
 * @param sample Samples the prompts of a look.
 */
export async function withLooks(
  own: () => Promise<readonly RolloutGroup[]>,
  sample: SamplePrompts,
  request: LookRequest,
  parts: LookParts,
): Promise<readonly RolloutGroup[]> {
  const { clock, seed, step } = request;
  const wanted = [...parts.looks].filter(([, look]) => lookCompletions(look, parts.groupSize) > 0);
  const encodingAt = (index: number): Promise<readonly PromptedSample[]> => {
    const look = wanted[index]?.[1];
    const encoding = look ? encodeLook(look, request, parts) : Promise.resolve([]);
    encoding.catch(() => undefined); // awaited later
    return encoding;
  };
  let encoding = encodingAt(0);
  const groups = await own();
  const taken = new Map<Sample, Map<LookName, readonly Rollout[]>>();
  for (const [index, [name, look]] of wanted.entries()) {
    const prompts = await clock.time('data-wait', () => encoding);
    encoding = encodingAt(index + 1);
    const sampled = await sample({
      prompts,
      completionsPerPrompt: lookCompletions(look, parts.groupSize),
      seed: deriveSeed(seed, `sample-${name}`, step),
    });
    for (const { sample: shown, rollouts } of sampled) {
      const ofSample = taken.get(shown) ?? new Map<LookName, readonly Rollout[]>();
      taken.set(shown, ofSample.set(name, rollouts));
    }
  }
  return groups.map((group) => {
    const looks = taken.get(group.sample);
    return looks === undefined ? group : { ...group, looks };
  });
}

/** The prompts of a step under one look; each keeps its own sample. */
async function encodeLook(
  look: Look,
  { prompts, others = [], seed, step }: LookRequest,
  { processor, template }: LookParts,
): Promise<readonly PromptedSample[]> {
  const { foreign, frames, seedPurpose } = LOOK_METHODS[look.show];
  const encoded: PromptedSample[] = [];
  for (const { sample } of prompts) {
    if (!changesUnder(look, sample)) continue;
    const lookSeed = deriveSeed(seed, seedPurpose, step, sample.id);
    const encode = (shown: Sample): Promise<EncodedPrompt> =>
      processor.encode(template.render(shown), frames(lookSeed));
    const prompt =
      foreign === true
        ? await firstThatFits(othersOf(sample, [...prompts, ...others], lookSeed), encode)
        : await encode(sample);
    if (prompt !== undefined) encoded.push({ sample, prompt });
  }
  return encoded;
}

/** The first candidate whose prompt the model can take: a foreign video may make it too long. */
async function firstThatFits(
  candidates: readonly Sample[],
  encode: (shown: Sample) => Promise<EncodedPrompt>,
): Promise<EncodedPrompt | undefined> {
  for (const candidate of candidates) {
    try {
      return await encode(candidate);
    } catch (thrown) {
      if (!isRefusal(thrown)) throw thrown;
    }
  }
  return undefined;
}

/**
 * The sample with the media of each other sample of the step that shows something else, in an order drawn from the seed. Candidates have as
 * many media of the same kinds in the same order, so that the text has a place for each.
 */
function othersOf(
  sample: Sample,
  prompts: readonly PromptedSample[],
  seed: number,
): readonly Sample[] {
  const others = prompts
    .map(({ sample: other }) => other.media)
    .filter((media) => kindsOf(media) === kindsOf(sample.media) && !isSame(media, sample.media));
  return Array.from(permutation(others.length, seed), (index) => ({
    ...sample,
    media: others[index]!,
  }));
}

function kindsOf(media: Sample['media']): string {
  return media.map(({ kind }) => kind).join(' ');
}

function isSame(one: Sample['media'], other: Sample['media']): boolean {
  return one.every(
    ({ path, second }, place) => path === other[place]?.path && second === other[place].second,
  );
}
