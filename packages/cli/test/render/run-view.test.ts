import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import type { RunEvent } from '@loci/core';
import { createRunView } from '../../src/render/run-view.ts';
import { stepText } from '../../src/render/step-text.ts';

function play(events: readonly RunEvent[], quiet: boolean): string {
  let text = '';
  let time = 0;
  const terminal = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const view = createRunView(terminal, { quiet, silenceMs: 60_000, now: () => (time += 1_000) });
  for (const event of events) view.show(event);
  view.stop();
  return text;
}

const metrics = {
  'reward/total': 1.42,
  'reward/std': 0.3,
  'reward/answer': 0.61,
  'reward/map': 0.72,
  'reward/map/counts': 1,
  'loss/total': 0.05,
  'policy/kl': 0.0123,
  'completion/tokens': 63.25,
  'speed/tokens-per-second': 1234.4,
};

const step = (number: number): readonly RunEvent[] => [
  { type: 'step-start', step: number, totalSteps: 3 },
  { type: 'step-end', step: number, totalSteps: 3, metrics },
];

describe('run view', () => {
  test('a step shows reward and its parts, KL, length and speed', () => {
    expect(stepText(metrics)).toBe(
      'reward 1.420 (answer 0.610, map 0.720)  loss 0.050  kl 0.012  length 63.3  1234 tokens/s',
    );
  });

  test('piped: one line a step with the time left', () => {
    const lines = play([...step(1), ...step(2)], false)
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^step 1\/3 {2}reward 1\.420 .* left 2 s$/);
    expect(lines[1]).toMatch(/^step 2\/3 .* left 1 s$/);
  });

  test('quiet: nothing but failed rewards', () => {
    const checkpoint: RunEvent = { type: 'checkpoint', step: 1, directory: 'r/checkpoints/1' };
    expect(play([...step(1), checkpoint], true)).toBe('');
    expect(play([checkpoint], false)).toBe('checkpoint of step 1: r/checkpoints/1\n');
  });
});
