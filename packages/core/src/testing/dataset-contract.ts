import assert from 'node:assert/strict';
import type { Dataset, Sample, Split } from '../spec/index.ts';
import { LociError } from '../errors/loci-error.ts';
import { describeChecks } from './contract.ts';

/** A dataset to be checked. */
export interface DatasetContract {
  readonly name: string;
  create(): Dataset | Promise<Dataset>;
  /** The splits that it has; both when absent. */
  readonly splits?: readonly Split[];
}

/** Samples looked at in each split. */
const LOOKS = 20;

/**
 * Declares the tests that every dataset passes: samples are whole, ids are unique, solutions wear their tags, the same index
 * gives the same sample, an index out of range is a named error, train and test share no sample.
 */
export function describeDatasetContract(contract: DatasetContract): void {
  const splits = contract.splits ?? ['train', 'test'];
  describeChecks(`dataset contract: ${contract.name}`, [
    ...splits.flatMap((split) => [
      {
        name: `${split}: samples are whole and their ids unique`,
        async run() {
          const samples = await firstSamples(contract, split);
          assert.ok(samples.length > 0, 'the split is empty');
          for (const sample of samples) assertWhole(sample);
          assert.equal(new Set(samples.map(({ id }) => id)).size, samples.length);
        },
      },
      {
        name: `${split}: opened twice it gives the same samples`,
        async run() {
          assert.deepEqual(
            await firstSamples(contract, split),
            await firstSamples(contract, split),
          );
        },
      },
      {
        name: `${split}: an index out of range is a named error`,
        async run() {
          const source = await (await contract.create()).open(split);
          for (const index of [-1, source.size, 0.5]) {
            await assert.rejects(
              source.at(index),
              (thrown) => LociError.is(thrown) && thrown.code === 'index-out-of-range',
            );
          }
          await source.close();
        },
      },
    ]),
    {
      name: 'splits share no sample',
      async run() {
        const ids = await Promise.all(
          splits.map(async (split) => (await firstSamples(contract, split)).map(({ id }) => id)),
        );
        assert.equal(new Set(ids.flat()).size, ids.flat().length);
      },
    },
  ]);
}

async function firstSamples(contract: DatasetContract, split: Split): Promise<readonly Sample[]> {
  const source = await (await contract.create()).open(split);
  const samples: Sample[] = [];
  for (let index = 0; index < Math.min(LOOKS, source.size); index++) {
    samples.push(await source.at(index));
  }
  await source.close();
  return samples;
}

function assertWhole({ id, problem, options, problemType, solution, media, map }: Sample): void {
  assert.ok(id.length > 0 && problem.length > 0, `${id}: an empty id or problem`);
  assert.match(solution, /^<answer>[\s\S]+<\/answer>$/, `${id}: the solution has no answer tags`);
  assert.equal(options.length > 0, problemType === 'multiple choice', `${id}: options`);
  for (const option of options) assert.match(option, /^[A-Z]\. /, `${id}: option "${option}"`);
  assert.ok(Array.isArray(media), `${id}: media is not a list`);
  for (const { path } of media) {
    assert.ok(path.startsWith('/') || /^[A-Z]:/i.test(path), `${id}: a relative path`);
  }
  for (const [category, cells] of Object.entries(map ?? {})) {
    assert.ok(cells.length > 0, `${id}: "${category}" has no cell`);
    for (const cell of cells) {
      assert.ok(
        cell.length === 2 &&
          cell.every((value) => Number.isInteger(value) && value >= 0 && value <= 9),
        `${id}: "${category}" at ${JSON.stringify(cell)} is not on the grid`,
      );
    }
  }
}
