/** The dataset that mixes others, by weights or sizes. */
import { z } from 'zod';
import { MIX } from '../config/mix.ts';
import { LociError } from '../errors/loci-error.ts';
import { definePlugin } from '../plugin/define-plugin.ts';
import type { Dataset, DatasetProblem, Sample, SampleSource, Split } from '../spec/index.ts';
import { passSizes, placesOf } from './mixture.ts';
import type { MixedPart } from './mixture.ts';

const entry = z
  .looseObject({
    use: z.string().min(1).describe('dataset, with its own options beside'),
    name: z
      .string()
      .regex(/^[\w.-]+$/, 'letters, digits, dots, hyphens, underscores')
      .optional()
      .describe('name in metrics and sample ids; its `use` if unset'),
    weight: z.number().positive().optional().describe('share of the draws, relative to the others'),
    samples: z.int().positive().optional().describe('questions in a pass; all if unset'),
  })
  .refine(({ weight, samples }) => weight === undefined || samples === undefined, {
    message: 'give weight or samples, not both',
    path: ['samples'],
  });

const options = z.strictObject({
  of: z
    .array(entry)
    .min(1)
    .refine((entries) => new Set(entries.map(nameOf)).size === entries.length, {
      message: 'two datasets have the same name; give each its own `name`',
    })
    .describe('the datasets, each with weight or samples'),
});

type Entry = z.output<typeof entry>;

/** A part that is open. */
interface OpenPart extends MixedPart {
  readonly source: SampleSource;
}

/**
 * Several datasets as one. The draws depend only on the run's seed and the place in the data, so a resumed run draws the same. Ids
 * begin with the name of their dataset. The test split holds every test question of each dataset that has some, once.
 *
 * @example dataset: [{ use: rooms, weight: 2 }, { use: jsonl, file: data/mine/questions.jsonl, name: mine, weight: 1 }]
 */
export const mix = definePlugin({
  kind: 'dataset',
  name: MIX,
  description: 'Several datasets in one run, by weights or sizes.',
  options,
  create: ({ of }, { mixed, seed }): Dataset => {
    if (mixed?.length !== of.length) {
      throw new LociError(
        'mix-context',
        'The dataset "mix" works only within a run, which makes the datasets that it mixes',
      );
    }
    return {
      async open(split) {
        const parts: OpenPart[] = [];
        try {
          for (const [index, dataset] of mixed.entries()) {
            const source = await openPart(dataset, split);
            if (source !== undefined) parts.push(partOf(of[index]!, source, split));
          }
          if (parts.length === 0) {
            throw new LociError(
              'split-missing',
              `No dataset of the mixture has the split ${split}`,
            );
          }
          return mixedSource(parts, seed);
        } catch (thrown) {
          for (const { source } of parts) await source.close();
          throw thrown;
        }
      },
    };
  },
});

function nameOf({ use, name }: Pick<Entry, 'use' | 'name'>): string {
  return name ?? use;
}

/** A mixture may hold a dataset without a test split. */
async function openPart(dataset: Dataset, split: Split): Promise<SampleSource | undefined> {
  try {
    return await dataset.open(split);
  } catch (thrown) {
    if (split === 'test' && LociError.is(thrown) && thrown.code === 'split-missing')
      return undefined;
    throw thrown;
  }
}

function partOf(one: Entry, source: SampleSource, split: Split): OpenPart {
  const part = { name: nameOf(one), size: source.size, source };
  return split === 'test' ? part : { ...part, weight: one.weight, samples: one.samples };
}

function mixedSource(parts: readonly OpenPart[], seed: number): SampleSource {
  const empty = parts.find(({ size }) => size === 0);
  if (empty !== undefined) {
    throw new LociError('dataset-empty', `The dataset "${empty.name}" of the mixture is empty`);
  }
  const counts = passSizes(parts);
  const places = parts.map((part, index) => placesOf(part, counts[index]!, seed));
  const size = counts.reduce((sum, count) => sum + count, 0);
  return {
    size,
    async at(index): Promise<Sample> {
      let within = Number.isInteger(index) && index >= 0 ? index : size;
      for (const [number, { name, source }] of parts.entries()) {
        const own = places[number]!;
        if (within < own.length) {
          const sample = await source.at(own[within]!);
          return { ...sample, id: `${name}/${sample.id}`, dataset: name };
        }
        within -= own.length;
      }
      throw new LociError(
        'index-out-of-range',
        `There is no sample ${index}: the mixture has ${size}`,
      );
    },
    problems: (): readonly DatasetProblem[] => parts.flatMap(({ source }) => source.problems()),
    async close() {
      for (const { source } of parts) await source.close();
    },
  };
}
