/** Sampling filters against `generate`. */
import { denseProbabilities, tokenDistribution } from '@loci/backends/internal';
import type { FilterParameters } from '@loci/backends/internal';
import type { Fixture } from './fixture.ts';
import { integers } from './fixture.ts';
import { worstDifference } from './report.ts';
import type { Report } from './report.ts';

const PROBABILITIES = 1e-5;
const UNFILTERED: FilterParameters = { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1 };

/** The arrays that may be stored and the settings that made them. */
const FILTERS: Readonly<Record<string, FilterParameters>> = {
  top_p_095_probs: { ...UNFILTERED, topP: 0.95 },
  temp07_topk50_topp095_probs: { ...UNFILTERED, temperature: 0.7, topK: 50, topP: 0.95 },
  temp001_probs: { ...UNFILTERED, temperature: 0.01, topP: 0.001 },
  rep105_probs: { ...UNFILTERED, repetitionPenalty: 1.05 },
};

/** Every `sampling/*_probs` array whose settings are known. */
export async function checkSampling(fixture: Fixture, report: Report): Promise<void> {
  const { arrays } = fixture;
  if (!arrays.entries.has('sampling/logits')) return report.absent('sampling');
  const logits = await arrays.readFloats('sampling/logits');
  const [rows, vocabulary] = arrays.entries.get('sampling/logits')!.shape as [number, number];
  for (const [array, parameters] of Object.entries(FILTERS)) {
    if (!arrays.entries.has(`sampling/${array}`)) {
      report.absent(`sampling/${array}`);
      continue;
    }
    await report.part(`sampling/${array}`, async () => {
      const expected = await arrays.readFloats(`sampling/${array}`);
      const context =
        parameters.repetitionPenalty === 1
          ? new Int32Array()
          : await integers(arrays, 'case/text/input_ids');
      const found = Array.from({ length: rows }, (_, row) => {
        const own = logits.subarray(row * vocabulary, (row + 1) * vocabulary);
        const distribution = tokenDistribution(own, parameters, context);
        return [...denseProbabilities(distribution, vocabulary)];
      }).flat();
      report.add(`sampling/${array}`, worstDifference(found, expected), PROBABILITIES);
      const differing = found.filter((value, at) => (value === 0) !== (expected[at] === 0)).length;
      report.add(`sampling/${array} tokens left out`, differing, 0);
    });
  }
}
