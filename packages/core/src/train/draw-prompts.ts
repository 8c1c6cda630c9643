/**
 * Draws samples for training and encodes them. A sample that cannot be asked (its prompt does not fit, its video cannot be
 * read) is refused, named, counted, and replaced by the next; a prompt is never cut.
 */
import { LociError, messageOf } from '../errors/loci-error.ts';
import type { PromptedSample } from '../rollout/collect-groups.ts';
import type { Logger, Processor, PromptTemplate, Sample, SampleSource } from '../spec/index.ts';
import { SampleOrder } from './sample-order.ts';

/** The prompts of a step. */
export interface DrawnPrompts {
  readonly prompts: readonly PromptedSample[];
  /** Samples drawn since the start of training, the refused ones included. */
  readonly samplesSeen: number;
  readonly refused: number;
}

/** Draws the prompts of one step after another. */
export interface PromptDrawer {
  readonly size: number;
  /**
   * @param samplesSeen Samples drawn before.
   * @throws LociError `nothing-to-train-on` when as many samples as the dataset has were refused in a row.
   */
  draw(count: number, samplesSeen: number): Promise<DrawnPrompts>;
}

const REFUSALS = new Set(['prompt-too-long', 'media-unreadable', 'no-demonstration']);

/** @param accept Throws one of the refusing errors for a sample that cannot be used. */
export function createPromptDrawer(
  source: SampleSource,
  prompt: PromptTemplate,
  processor: Processor,
  seed: number,
  logger: Logger,
  accept: (sample: Sample) => void = () => undefined,
): PromptDrawer {
  if (source.size === 0) throw nothingToTrainOn('the training split is empty');
  const order = new SampleOrder(source.size, seed);
  const named = new Set<string>();

  async function encode(sample: Sample): Promise<PromptedSample | LociError> {
    try {
      accept(sample);
      return { sample, prompt: await processor.encode(prompt.render(sample)) };
    } catch (thrown) {
      if (LociError.is(thrown) && REFUSALS.has(thrown.code)) return thrown;
      throw thrown;
    }
  }

  return {
    size: source.size,
    async draw(count, samplesSeen) {
      const prompts: PromptedSample[] = [];
      let place = samplesSeen;
      let refusedInARow = 0;
      while (prompts.length < count) {
        const sample = await source.at(order.at(place++));
        const encoded = await encode(sample);
        if (!LociError.is(encoded)) {
          prompts.push(encoded);
          refusedInARow = 0;
          continue;
        }
        if (!named.has(sample.id)) {
          logger.warn(`Sample ${sample.id} is left out of training: ${messageOf(encoded)}`);
        }
        named.add(sample.id);
        if (++refusedInARow >= source.size) {
          throw nothingToTrainOn(
            `all ${source.size} were refused, the last one: ${encoded.message}`,
          );
        }
      }
      return { prompts, samplesSeen: place, refused: place - samplesSeen - prompts.length };
    },
  };
}

function nothingToTrainOn(reason: string): LociError {
  return new LociError(
    'nothing-to-train-on',
    `No sample of the dataset can be trained on: ${reason}`,
  );
}
