import { describe, expect, test } from '@jest/globals';
import { randomStream } from '@loci/core';
import {
  denseProbabilities,
  drawToken,
  logProbability,
  tokenDistribution,
} from '../../../src/engine/sampling/filter.ts';
import type { FilterParameters } from '../../../src/engine/sampling/filter.ts';
import { TokenDrawer, drawBytes } from '../../../src/wasm/worker/draw.mjs';
import { KernelMemory } from '../../support/kernel-memory.ts';

const memory = new KernelMemory([4], 4);
const plain: FilterParameters = { temperature: 1, topP: 1, topK: 0, repetitionPenalty: 1 };

function drawerOf(change: Partial<FilterParameters>, vocabulary: number) {
  const settings = { ...plain, ...change };
  const { kernels, buffer } = memory;
  const scratch = memory.place(drawBytes(vocabulary));
  const rules = { ...settings, stopTokenIds: [] };
  return { settings, drawer: new TokenDrawer(kernels, buffer, vocabulary, rules, scratch) };
}

const CASES: [string, Partial<FilterParameters>][] = [
  ['plain', {}],
  ['greedy', { temperature: 0 }],
  ['greedy, penalized', { temperature: 0, repetitionPenalty: 1.5 }],
  ['cold', { temperature: 0.02 }],
  ['cold, top-p', { temperature: 0.02, topP: 0.9 }],
  ['hot', { temperature: 50 }],
  ['hot, top-p', { temperature: 50, topP: 0.9 }],
  ['top-k', { topK: 7 }],
  ['top-k of one', { topK: 1 }],
  ['top-k of all but one', { topK: 58 }],
  ['cold, top-k', { temperature: 0.02, topK: 20 }],
  ['top-p', { topP: 0.8 }],
  ['top-p close to 1', { topP: 0.999999 }],
  ['a top-p that leaves one token', { topP: 0.001 }],
  ['all together', { temperature: 0.7, topK: 20, topP: 0.9, repetitionPenalty: 1.2 }],
];

describe('drawing', () => {
  test.each(CASES)('chooses as the shared filter does: %s', (_, change) => {
    const [rows, vocabulary] = [200, 59];
    const { settings, drawer } = drawerOf(change, vocabulary);
    const random = randomStream(11);
    const at = memory.place(4 * vocabulary);
    let different = 0;
    for (let row = 0; row < rows; row++) {
      // Every other row is coarse, so that logits tie.
      const coarse = row % 2 === 0 ? 1 : 1e6;
      const logits = Float32Array.from(
        { length: vocabulary },
        () => Math.round(8 * coarse * (random() - 0.5)) / coarse,
      );
      const seen = Uint8Array.from(logits, () => (random() < 0.3 ? 1 : 0));
      const uniform = Math.floor(random() * 2 ** 23) / 2 ** 23;
      memory.read(at, vocabulary).set(logits);
      const token = drawer.draw(at, uniform, seen);
      const context = [...seen.keys()].filter((id) => seen[id] === 1);
      const distribution = tokenDistribution(logits, settings, context);
      expect([...distribution.tokenIds]).toContain(token);
      if (drawToken(distribution, uniform) !== token) different++;
      const exact = logProbability(logits, token, settings.temperature || 1);
      expect(Math.abs(drawer.logProb - exact)).toBeLessThan(2e-6 * (1 + Math.abs(exact)));
      expect([...memory.read(at, vocabulary)]).toEqual([...logits]);
    }
    // Rounding may tip a draw that falls on the border between two tokens.
    expect(different).toBeLessThanOrEqual(1);
  });

  test.each(CASES.filter(([, { temperature }]) => temperature !== 0))(
    'follows its distribution: %s',
    (_, change) => {
      const [draws, vocabulary] = [6_000, 24];
      const { settings, drawer } = drawerOf(
        { ...change, ...(change.topK && { topK: Math.min(change.topK, 23) }) },
        vocabulary,
      );
      const random = randomStream(5);
      const logits = Float32Array.from({ length: vocabulary }, (_, id) =>
        id % 3 === 0 ? 0.5 : 2 * random() - 1,
      );
      const seen = Uint8Array.from(logits, (_, id) => (id % 4 === 0 ? 1 : 0));
      const context = [...seen.keys()].filter((id) => seen[id] === 1);
      const exact = denseProbabilities(tokenDistribution(logits, settings, context), vocabulary);
      const at = memory.put(logits);
      const counts = new Array<number>(vocabulary).fill(0);
      for (let draw = 0; draw < draws; draw++) {
        const token = drawer.draw(at, Math.floor(random() * 2 ** 23) / 2 ** 23, seen);
        counts[token] = counts[token]! + 1;
      }
      const likely = [...exact.keys()].filter((id) => exact[id]! * draws >= 5);
      const rest = (of: (id: number) => number) =>
        [...exact.keys()].filter((id) => !likely.includes(id)).reduce((sum, id) => sum + of(id), 0);
      const square = likely.reduce((sum, id) => {
        const expected = exact[id]! * draws;
        return sum + (counts[id]! - expected) ** 2 / expected;
      }, 0);
      const freedom = Math.max(1, likely.length - 1);
      // Five standard deviations above the mean of a chi-square with so many degrees of freedom.
      expect(square).toBeLessThan(freedom + 5 * Math.sqrt(2 * freedom));
      expect(rest((id) => counts[id]!)).toBeLessThan(20 + 3 * draws * rest((id) => exact[id]!));
      for (const id of exact.keys()) if (exact[id] === 0) expect(counts[id]).toBe(0);
    },
  );
});
