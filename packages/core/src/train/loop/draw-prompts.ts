/**
 * Draws samples for training and encodes them. A sample that cannot be asked (its prompt does not fit, its video cannot be
 * read) is refused, named, counted, and replaced by the next; a prompt is never cut.
 */
import { LociError } from '../../errors/loci-error.ts';
import { isRefusal } from '../../errors/refusal.ts';
import type { PromptedSample } from '../../rollout/collect-groups.ts';
import type { Processor, PromptTemplate, Sample, SampleSource } from '../../spec/index.ts';
import { RefusalWatch } from '../watch/refusal-watch.ts';
import type { Refusal } from '../watch/refusal-watch.ts';
import { SampleOrder } from './sample-order.ts';

/** The prompts of a step. */
export interface DrawnPrompts {
  readonly prompts: readonly PromptedSample[];
  /** Samples drawn since the start of training, the refused ones included. */
  readonly samplesSeen: number;
  readonly refused: readonly Refusal[];
  /** What reading and encoding took, whoever waited for it. */
  readonly seconds: number;
}

/** Draws the prompts of one step after another. */
export interface PromptDrawer {
  /**
   * What is drawn depends on the two numbers alone.
   *
   * @param samplesSeen Samples drawn before.
   * @throws LociError `nothing-to-train-on` when as many samples as the dataset has were refused in a row, `samples-refused` when
   * the share of refused ones is greater than the config allows.
   */
  draw(count: number, samplesSeen: number): Promise<DrawnPrompts>;
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
}

/** Samples that are encoded at the same time: one waits for its file while another is decoded. */
const AT_ONCE = 4;

/** @throws LociError `nothing-to-train-on` when there are no samples. */
export function createPromptDrawer(source: SampleSource, settings: DrawSettings): PromptDrawer {
  const { prompt, processor, seed, accept } = settings;
  if (source.size === 0) throw nothingToTrainOn('the training split is empty');
  const order = new SampleOrder(source.size, seed);
  const watch = new RefusalWatch(settings.maxRefusedShare);

  async function encode(sample: Sample): Promise<PromptedSample | Refusal> {
    try {
      accept?.(sample);
      return { sample, prompt: await processor.encode(prompt.render(sample)) };
    } catch (thrown) {
      const unusable = LociError.is(thrown) && thrown.code === 'no-demonstration';
      if (unusable || isRefusal(thrown)) return { sampleId: sample.id, reason: thrown.message };
      throw thrown;
    }
  }

  return {
    async draw(count, samplesSeen) {
      const start = performance.now();
      const prompts: PromptedSample[] = [];
      const refused: Refusal[] = [];
      let place = samplesSeen;
      let refusedInARow = 0;
      while (prompts.length < count) {
        const wanted = Math.min(count - prompts.length, AT_ONCE);
        const samples: Sample[] = [];
        while (samples.length < wanted) samples.push(await source.at(order.at(place++)));
        for (const encoded of await Promise.all(samples.map(encode))) {
          if ('prompt' in encoded) {
            prompts.push(encoded);
            watch.observe(undefined);
            refusedInARow = 0;
            continue;
          }
          refused.push(encoded);
          if (++refusedInARow >= source.size) {
            throw nothingToTrainOn(
              `all ${source.size} were refused, the last one: ${encoded.reason}`,
            );
          }
          watch.observe(encoded);
        }
      }
      const seconds = (performance.now() - start) / 1000;
      return { prompts, samplesSeen: place, refused, seconds };
    },
  };
}

function nothingToTrainOn(reason: string): LociError {
  return new LociError(
    'nothing-to-train-on',
    `No sample of the dataset can be trained on: ${reason}`,
  );
}
