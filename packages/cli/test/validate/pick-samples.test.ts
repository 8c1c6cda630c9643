import { describe, expect, test } from '@jest/globals';
import type { Sample } from '@loci/core';
import { fakeSample } from '@loci/core/testing';
import { pickSamples } from '../../src/validate/pick-samples.ts';

const bare = withoutKind(fakeSample());

describe('samples to try rewards on', () => {
  test('are the first of each kind, or of each type and source', async () => {
    const all = [
      fakeSample({ id: '0', questionKind: 'counting' }),
      fakeSample({ id: '1', questionKind: 'counting' }),
      { ...bare, id: '2' },
      fakeSample({ id: '3', questionKind: 'counting' }),
      { ...bare, id: '4', source: 'LLaVA' },
      { ...bare, id: '5', problemType: 'OCR', source: 'LLaVA' } as const,
    ];
    const { samples, sorts } = await pickSamples(
      { size: all.length, at: async (index) => all[index]! },
      2,
    );
    expect(samples.map(({ id }) => id)).toEqual(['0', '1', '2', '4', '5']);
    expect([...sorts]).toEqual([
      ['counting', 2],
      ['multiple choice (SR_dataset)', 1],
      ['multiple choice (LLaVA)', 1],
      ['OCR (LLaVA)', 1],
    ]);
  });

  test('of a large dataset are looked for with even steps', async () => {
    let looks = 0;
    const source = {
      size: 151_310,
      at: async (index: number) => {
        looks++;
        return fakeSample({ id: String(index), questionKind: index > 150_000 ? 'rare' : 'usual' });
      },
    };
    const { samples } = await pickSamples(source, 1);
    expect(samples.map(({ questionKind }) => questionKind)).toEqual(['usual', 'rare']);
    expect(looks).toBeLessThanOrEqual(5000);
  });
});

function withoutKind(sample: Sample): Sample {
  const facts = Object.entries(sample).filter(([key]) => key !== 'questionKind');
  return Object.fromEntries(facts) as unknown as Sample;
}
