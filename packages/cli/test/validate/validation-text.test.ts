import { describe, expect, test } from '@jest/globals';
import type { FoundBreach, RewardReport } from '@loci/core';
import { fakeSample } from '@loci/core/testing';
import {
  brokenRewards,
  findingsText,
  formatTime,
  validationTable,
} from '../../src/validate/validation-text.ts';

const report = (facts: Partial<RewardReport> = {}): RewardReport => ({
  name: 'answer',
  range: [0, 1],
  samples: 3,
  means: { gold: 1, wrong: 0.25, garbage: 0 },
  silent: 0,
  medianMs: 0.004,
  worstMs: 1.5,
  longestMs: 61,
  breaches: [],
  quirks: [],
  blocked: 0,
  hung: false,
  ...facts,
});

const breach = (facts: Partial<FoundBreach> = {}): FoundBreach => ({
  rule: 'gold',
  sampleId: 'sample-0',
  said: 'it earned 0 (parsed 0; no answer tag), where 1 is the most',
  completion: { text: '<answer>B</answer>', tokenCount: 6, finishReason: 'stop' },
  ...facts,
});

describe('the table', () => {
  test('has a line a reward', () => {
    const lines = validationTable([report(), report({ name: 'mute', means: {}, silent: 3 })]).split(
      '\n',
    );
    expect(lines[2]).toMatch(
      /^answer +0…1 +1\.000 +0\.250 +0\.000 +0 of 3 +4\.0 µs +1\.50 ms +61 ms +kept$/,
    );
    expect(lines[3]).toMatch(/^mute +0…1 +– +– +– +3 of 3 .* says nothing$/);
  });

  test.each([
    [{ breaches: [breach(), breach({ sampleId: 'b' })] }, '1 rule broken'],
    [{ breaches: [breach(), breach({ rule: 'range' })] }, '2 rules broken'],
    [{ samples: 0, blocked: 3, blockedBy: 'answer' }, 'not tried'],
  ])('%j: %s', (facts, verdict) => {
    expect(validationTable([report(facts)])).toMatch(new RegExp(`${verdict}$`));
  });

  test('times', () => {
    expect([0.004, 0.0995, 0.5, 12.3, 2500, undefined].map(formatTime)).toEqual([
      '4.0 µs',
      '0.10 ms',
      '0.50 ms',
      '12 ms',
      '2.5 s',
      '–',
    ]);
  });
});

describe('findings', () => {
  const samples = [fakeSample()];

  test('are empty without problems', () => {
    expect(findingsText([report()], samples)).toEqual([]);
    expect(brokenRewards([report()])).toEqual([]);
  });

  test('a broken rule names sample, completion and outcome, and counts the other samples', () => {
    const broken = report({ breaches: [breach(), breach(), breach({ sampleId: 'b' })] });
    const [text, hint] = findingsText([broken], samples);
    expect(text).toBe(
      [
        'broken: answer: the true answer earns the most',
        '  sample      sample-0, direction, truth <answer>B</answer>',
        '  completion  <answer>B</answer> (6 tokens)',
        '  said        it earned 0 (parsed 0; no answer tag), where 1 is the most',
        '  also on 1 more sample',
      ].join('\n'),
    );
    expect(hint).toContain('examples');
    expect(brokenRewards([broken, report({ name: 'map' })])).toEqual(['answer']);
  });

  test('abstentions, untested rewards and quirks are listed, and break no rule', () => {
    const odd = [
      report({ silent: 3, silence: 'no frames' }),
      report({ name: 'map', blocked: 2, blockedBy: 'answer' }),
      report({ name: 'format', quirks: [breach()] }),
    ];
    const texts = findingsText(odd, samples);
    expect(texts[0]).toBe('warning: answer said nothing about any of 3 samples: no frames');
    expect(texts[1]).toBe('warning: map was not tested on 2 samples, on which answer failed');
    expect(texts[2]).toMatch(
      /^quirk: format breaks a rule only with compat, as its reference does: the true answer earns the most\n/,
    );
    expect(findingsText(odd, samples, false)).toEqual(texts.slice(0, 2));
    expect(brokenRewards(odd)).toEqual([]);
  });
});
