/**
 * Draws samples for training and encodes them. A sample whose prompt does not fit or whose video cannot be read is skipped, named,
 * counted, and replaced by the next one. A prompt is never cut.
 */
import { LociError } from '../../errors/loci-error.ts';
import { isRefusal } from '../../errors/refusal.ts';
import { deriveSeed } from '../../random/seed.ts';
import type { PromptedSample } from '../../rollout/collect-groups.ts';
import type { Processor, PromptTemplate, Sample, SampleSource } from '../../spec/index.ts';
import { SkipWatch } from '../watch/skip-watch.ts';
import type { SkippedSample } from '../watch/skip-watch.ts';
import type { PassRates } from '../course/pass-rates.ts';
import { SampleOrder } from './sample-order.ts';
import { weightedDraws } from './weighted-draws.ts';

/** The prompts of a step. */
export interface DrawnPrompts {
  readonly prompts: readonly PromptedSample[];
  /** Place in the dataset of each prompt's sample. */
  readonly indices: readonly number[];
  /** Samples drawn since the start of training, skipped ones included. */
  readonly samplesSeen: number;
  readonly skipped: readonly SkippedSample[];
  /** Time of reading and encoding, whether or not the step waited for it. */
  readonly seconds: number;
}

/** Draws the prompts of one step after another. */
export interface PromptDrawer {
  /**
   * Draws the prompts of a step. They depend on the arguments alone, and with a curriculum on the results known before the step.
   *
   * @param samplesSeen Samples drawn before.
   * @param step Counted from 1; a curriculum draws by it.
   * @throws LociError `nothing-to-train-on` when as many samples as the dataset has were skipped in a row, `samples-refused` when
   * the share of skipped ones is greater than the config allows.
   */
  draw(count: number, samplesSeen: number, step: number): Promise<DrawnPrompts>;
}

/** Draws further prompts for a step whose own taught nothing. */
export interface ReplacementDrawer {
  /**
   * Draws replacements. They depend on the arguments alone, and with a curriculum on the results known before the step. `samplesSeen`
   * stays the same, because replacements are not part of the order of the epochs.
   *
   * @param attempt Counted from 1 within the step.
   * @param taken Indices in the dataset that the step has drawn already.
   * @returns Fewer prompts than `count`, down to none, when the dataset has no more.
   * @throws LociError `samples-refused`.
   */
  replace(
    count: number,
    step: number,
    attempt: number,
    taken: ReadonlySet<number>,
  ): Promise<Omit<DrawnPrompts, 'samplesSeen'>>;
}

/** What prompts are drawn with. */
export interface DrawSettings {
  readonly prompt: PromptTemplate;
  readonly processor: Processor;
  /** Of the run. */
  readonly seed: number;
  readonly maxRefusedShare: number;
  /** Throws LociError `no-demonstration` for a sample that cannot be used. */
  readonly accept?: ((sample: Sample) => void) | undefined;
  /** Draws samples in proportion to these weights; without it every epoch draws each sample once. */
  readonly curriculum?: Pick<PassRates, 'weight'> | undefined;
}

/** Samples that are encoded at the same time, so that one is decoded while another is read from disk. */
const AT_ONCE = 4;

/** @throws LociError `nothing-to-train-on` when there are no samples. */
export function createPromptDrawer(
  source: SampleSource,
  settings: DrawSettings,
): PromptDrawer & ReplacementDrawer {
  const { prompt, processor, seed, accept, curriculum, maxRefusedShare } = settings;
  if (source.size === 0) throw nothingToTrainOn('the training split is empty');
  const order = new SampleOrder(source.size, seed);
  const watches = {
    draw: new SkipWatch(maxRefusedShare),
    replace: new SkipWatch(maxRefusedShare),
  };

  async function encode(sample: Sample): Promise<PromptedSample | SkippedSample> {
    try {
      accept?.(sample);
      return { sample, prompt: await processor.encode(prompt.render(sample)) };
    } catch (thrown) {
      const unusable = LociError.is(thrown) && thrown.code === 'no-demonstration';
      if (unusable || isRefusal(thrown)) return { sampleId: sample.id, reason: thrown.message };
      throw thrown;
    }
  }

  /** The first `count` usable samples of a sequence; fewer when it ends. */
  async function take(
    count: number,
    sequence: Iterator<number, undefined>,
    watch: SkipWatch,
  ): Promise<{ readonly drawn: Omit<DrawnPrompts, 'samplesSeen'>; readonly read: number }> {
    const start = performance.now();
    const prompts: PromptedSample[] = [];
    const indices: number[] = [];
    const skipped: SkippedSample[] = [];
    let read = 0;
    let skippedInARow = 0;
    while (prompts.length < count) {
      const wanted = Math.min(count - prompts.length, AT_ONCE);
      const places: number[] = [];
      for (let next = 0; next < wanted; next++) {
        const { value } = sequence.next();
        if (value !== undefined) places.push(value);
      }
      if (places.length === 0) break;
      read += places.length;
      const samples: Sample[] = [];
      for (const place of places) samples.push(await source.at(place));
      for (const [at, encoded] of (await Promise.all(samples.map(encode))).entries()) {
        if ('prompt' in encoded) {
          prompts.push(encoded);
          indices.push(places[at]!);
          watch.observe(undefined);
          skippedInARow = 0;
          continue;
        }
        skipped.push(encoded);
        if (++skippedInARow >= source.size) {
          throw nothingToTrainOn(
            `all ${source.size} were skipped, the last one: ${encoded.reason}`,
          );
        }
        watch.observe(encoded);
      }
    }
    const seconds = (performance.now() - start) / 1000;
    return { drawn: { prompts, indices, skipped, seconds }, read };
  }

  const weightFor = (step: number) => (index: number) => curriculum?.weight(index, step) ?? 1;

  return {
    async draw(count, samplesSeen, step) {
      const sequence =
        curriculum === undefined
          ? order.from(samplesSeen)
          : rounds(source.size, deriveSeed(seed, 'curriculum', step), weightFor(step));
      const { read, drawn } = await take(count, sequence, watches.draw);
      return { ...drawn, samplesSeen: samplesSeen + read };
    },
    async replace(count, step, attempt, taken) {
      const drawSeed = deriveSeed(seed, 'replace', step, attempt);
      const sequence = weightedDraws(source.size, drawSeed, weightFor(step), taken);
      const { drawn } = await take(count, sequence, watches.replace);
      return drawn;
    },
  };
}

/** Endless weighted draws: after all samples were drawn, a new round begins. */
function* rounds(
  size: number,
  seed: number,
  weightOf: (index: number) => number,
): Generator<number, undefined, undefined> {
  for (let round = 0; ; round++) yield* weightedDraws(size, deriveSeed(seed, round), weightOf);
}

function nothingToTrainOn(reason: string): LociError {
  return new LociError(
    'nothing-to-train-on',
    `No sample of the dataset can be trained on: ${reason}`,
  );
}
