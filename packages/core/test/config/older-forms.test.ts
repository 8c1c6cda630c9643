/** Configs that named a sampler and an optimizer are read as before; another name is an error that shows what to write. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_RUN } from '../../src/config/defaults.ts';
import { readConfig } from '../../src/config/read-config.ts';

function yamlFile(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'loci-config-')), 'run.yaml');
  writeFileSync(file, text);
  return file;
}

describe('the old form of a section', () => {
  const { sampler, optimizer } = DEFAULT_RUN;
  const warm = { ...sampler, temperature: 0.5 };
  const slow = { ...optimizer, learningRate: 1e-6 };

  test.each([
    ['sampler: { use: sampler, temperature: 0.5 }', [], { sampler: warm, optimizer }],
    ['sampler: sampler', [], { sampler, optimizer }],
    ['optimizer: { use: adamw, learningRate: 1e-6 }', [], { sampler, optimizer: slow }],
    ['optimizer: { learningRate: 1e-6 }', ['optimizer=adamw'], { sampler, optimizer: slow }],
    ['', ['optimizer.use=adamw', 'optimizer.learningRate=1e-6'], { sampler, optimizer: slow }],
    ['', ['sampler={ use: sampler, temperature: 0.5 }'], { sampler: warm, optimizer }],
  ])('%j with %j is read', (text, set, expected) => {
    const { config } = readConfig({ file: yamlFile(text), set });
    expect(config).toEqual({ ...DEFAULT_RUN, ...expected });
  });

  test.each([
    ['steps: 1\noptimizer: lion', [], /^.*run\.yaml, line 2, column 1: optimizer\.use: /],
    ['sampler:\n  use: beam', [], /^.*run\.yaml, line 2, column 3: sampler\.use: /],
    ['', ['optimizer.use=lion'], /^--set optimizer\.use=lion: optimizer\.use: /],
    ['', ['optimizer=lion'], /^--set optimizer=lion: optimizer\.use: /],
  ])('%j with %j names another, which is an error with a remedy', (text, set, place) => {
    const read = () => readConfig({ file: yamlFile(text), set });
    expect(read).toThrow(place);
    expect(read).toThrow(/names no plugin; leave "(lion|beam)" out and write only the numbers/);
  });

  test('is complained of together with everything else that is wrong', () => {
    const text = 'sampler: { use: beam, topk: 3 }\nseed: -1\n';
    expect(() => readConfig({ file: yamlFile(text) })).toThrow(
      /sampler\.use: [^\n]*\n[^\n]*seed: [^\n]*\n[^\n]*sampler\.topk: unknown key; did you mean "topK"/,
    );
  });
});
