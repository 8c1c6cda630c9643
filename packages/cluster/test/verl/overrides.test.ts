import { describe, expect, test } from '@jest/globals';
import { shellWord } from '@loci/core';
import { knownVersion } from '../../src/verl/keys.ts';
import { hydraValue, overrideWords } from '../../src/verl/overrides.ts';

describe('overrides of verl', () => {
  test.each([
    [true, 'True'],
    [null, 'null'],
    [1e-6, '0.000001'],
    [1e-8, '1e-8'],
    ['/mnt/a b', '"/mnt/a b"'],
    ['token-mean', 'token-mean'],
    ['true', '"true"'],
    ['.*visual.*', '".*visual.*"'],
    ['12', '"12"'],
    [['model', 'hf_model'], '[model,hf_model]'],
    [{ eps: 1e-8 }, '{eps:1e-8}'],
    ['say "a"', String.raw`"say \"a\""`],
  ])('%j is %s', (value, written) => {
    expect(hydraValue(value)).toBe(written);
  });

  test('words survive a shell', () => {
    expect(shellWord("a='b c'")).toBe(String.raw`'a='\''b c'\'''`);
    expect(shellWord('trainer.nnodes=1')).toBe('trainer.nnodes=1');
  });

  test('a key that the version lacks is an error with like ones; a plus is for those alone', () => {
    const words = (key: string) => (): unknown => overrideWords(new Map([[key, 1]]), 'v0.9.0');
    expect(words('trainer.nnodes')()).toEqual(['trainer.nnodes=1']);
    expect(words('trainer.nnode')).toThrow(/no key trainer\.nnode; did you mean trainer\.nnodes/u);
    expect(words('custom_reward_function.path')).toThrow(
      /silently: set reward\.custom_reward_function\.path/u,
    );
    expect(words('+trainer.nnodes')).toThrow(/leave out the plus/u);
    expect(words('+reward.custom_reward_function.reward_kwargs.url')()).toHaveLength(1);
  });

  test('0.9 and the head are known, and others name them', () => {
    expect(['0.9', 'v0.9', '0.9.0', 'v0.9.0'].map(knownVersion)).toEqual(Array(4).fill('v0.9.0'));
    expect(knownVersion('head')).toBe('head-2026-08-22');
    for (const other of ['v0.8.0', '0.9.1', 'v1.0', '']) {
      expect(() => knownVersion(other)).toThrow(/v0\.9\.0 and head-2026-08-22/u);
    }
  });
});
