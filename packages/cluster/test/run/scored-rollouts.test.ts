import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ScoredRollouts } from '../../src/run/scored-rollouts.ts';
import type { RecordedLine } from '../../src/run/recorded-line.ts';

function file(): string {
  return join(mkdtempSync(join(tmpdir(), 'loci-scored-')), 'scored.jsonl');
}

function line(change: Partial<RecordedLine>): string {
  const reward = change.reward ?? 1;
  const full: RecordedLine = {
    ...{ version: 3, step: 1, sampleId: 'a', kind: 'direction', problemType: 'multiple choice' },
    ...{ source: 's', problem: 'p', options: [], solution: 'B', media: [], completion: 0 },
    ...{ text: 'größer', tokens: 10, finishReason: 'stop', reward, advantage: null },
    outcomes: { answer: { status: 'scored', value: reward, parts: { parsed: 1 } } },
    contributions: { answer: { value: reward, weight: 2 } },
    ...{ group: 'g', member: 'm', split: 'train' },
    ...change,
  };
  return `${JSON.stringify(full)}\n`;
}

const textsOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((one) => one !== '')
    .map((one) => (JSON.parse(one) as { readonly text: string }).text);

describe('rollouts of a step', () => {
  test('are those with the step, without validation and probes', () => {
    const path = file();
    const rollouts = new ScoredRollouts({ file: path, offset: 0, perStep: 2, prefix: '' });
    appendFileSync(path, line({ text: 'one' }) + line({ split: 'validation', text: 'no' }));
    appendFileSync(path, line({ step: 2, text: 'two' }));
    const { text } = rollouts.of(1);
    expect(textsOf(text)).toEqual(['one']);
    expect(JSON.parse(text)).not.toHaveProperty('group');
    expect(textsOf(rollouts.of(2).text)).toEqual(['two']);
    expect(rollouts.of(3).text).toBe('');
  });

  test('leave those of other runs in the same file', () => {
    const path = file();
    const rollouts = new ScoredRollouts({ file: path, offset: 0, perStep: 2, prefix: 'run-a-' });
    appendFileSync(
      path,
      line({ group: 'run-b-1:g', text: 'b' }) + line({ group: 'run-a-1:g', text: 'a' }),
    );
    expect(textsOf(rollouts.of(1).text)).toEqual(['a']);
  });

  test('are counted off where the engine does not say the step', () => {
    const path = file();
    const rollouts = new ScoredRollouts({ file: path, offset: 0, perStep: 2, prefix: '' });
    for (const text of ['a', 'b', 'c', 'd', 'e']) appendFileSync(path, line({ step: 0, text }));
    const first = rollouts.of(1).text;
    expect(textsOf(first)).toEqual(['a', 'b']);
    expect(first).toContain('"step":1');
    expect(textsOf(rollouts.of(2).text)).toEqual(['c', 'd']);
  });

  test('are found by a later process where the first stood, and not those of an attempt that was left', () => {
    const path = file();
    const first = new ScoredRollouts({ file: path, offset: 0, perStep: 2, prefix: '' });
    appendFileSync(path, line({ text: 'one' }) + line({ step: 2, text: 'two' }));
    first.of(1);
    const second = new ScoredRollouts({
      file: path,
      offset: first.consumed,
      perStep: 2,
      prefix: '',
    });
    expect(textsOf(second.of(2).text)).toEqual(['two']);
    appendFileSync(path, line({ step: 3, text: 'of a job that failed' }));
    // A new attempt of the job begins: what the failed one left behind is no part of it.
    second.skip();
    appendFileSync(path, line({ step: 3, text: 'three' }));
    expect(textsOf(second.of(3).text)).toEqual(['three']);
  });

  test('tell the figures of their rewards, and a group that lost one counts as failed', () => {
    const path = file();
    const failed = {
      answer: { status: 'failed', message: 'x' },
    } as unknown as RecordedLine['outcomes'];
    appendFileSync(
      path,
      line({ reward: 1 }) + line({ reward: 0.5, tokens: 30, finishReason: 'length' }),
    );
    appendFileSync(path, line({ group: 'h', reward: null, outcomes: failed, contributions: {} }));
    const { values } = new ScoredRollouts({ file: path, offset: 0, perStep: 3, prefix: '' }).of(1);
    expect(values).toEqual({
      'groups/failed': 1,
      'groups/zero-variance': 0,
      'completion/tokens': expect.closeTo(50 / 3),
      'completion/truncated': expect.closeTo(1 / 3),
      'reward/total': 0.75,
      'reward/std': 0.25,
      'reward/answer': 0.75,
      'reward/answer/parsed': 1,
      'weighted/answer': 1.5,
    });
  });
});
