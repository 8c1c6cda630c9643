import { describe, expect, test } from '@jest/globals';
import picocolors from 'picocolors';
import { RunPanel } from '../../src/render/run-panel.ts';

const plain = picocolors.createColors(false);
const metrics = (reward: number) => ({
  'reward/total': reward,
  'reward/map': 0.7,
  'loss/total': 1,
});

/** A panel whose clock is set by the test. */
function panelAt(): { readonly panel: RunPanel; set(ms: number): void } {
  let time = 0;
  return { panel: new RunPanel(() => time), set: (ms) => void (time = ms) };
}

describe('what stays on the screen of a run', () => {
  test('before a step there is no reward, no curve and no time left', () => {
    const { panel } = panelAt();
    panel.begin(0, 10);
    panel.stepStarts();
    expect(panel.left()).toBe('left: known after a step');
    expect(panel.lines({ columns: 80, rows: 24 }, plain)).toEqual(['reward: known after a step']);
    expect(panel.curve(80, plain)).toEqual([]);
  });

  test('the time left is that of the steps and of the evaluation after them, and runs on', () => {
    const { panel, set } = panelAt();
    panel.begin(0, 4);
    panel.evaluates();
    expect(panel.left()).toBeUndefined();
    set(30_000);
    panel.evaluated();
    panel.stepStarts();
    set(40_000);
    panel.stepEnds(1, 4, metrics(1));
    expect(panel.left()).toBe('left 1 min 00 s');
    set(44_000);
    expect(panel.left()).toBe('left 56 s');
    panel.stepEnds(4, 4, metrics(2));
    panel.evaluates();
    set(54_000);
    expect(panel.left()).toBe('left 20 s');
  });

  test.each([80, 120, 200])('reward, figures and curve fit %d columns', (columns) => {
    const { panel } = panelAt();
    panel.begin(3, 30);
    for (const [index, reward] of [1, 2, 1.5].entries()) {
      panel.stepStarts();
      panel.stepEnds(4 + index, 30, metrics(reward));
    }
    const lines = panel.lines({ columns, rows: 24 }, plain);
    expect(lines).toHaveLength(2 + 4 + 1);
    expect(lines[0]).toBe('reward 1.500 (map 0.700)');
    expect(lines[1]).toBe('loss 1.000');
    expect(lines[2]).toMatch(/^ {2}2\.000 │/u);
    expect(lines[5]).toMatch(/^ {2}1\.000 │/u);
    expect(lines[6]).toBe('        └ reward, steps 4 to 6 of 30');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
    expect(panel.curve(columns, plain)).toEqual(lines.slice(2));
  });

  test('a low terminal gets the curve in one row', () => {
    const { panel } = panelAt();
    panel.begin(0, 30);
    panel.stepEnds(1, 30, metrics(1));
    panel.stepEnds(2, 30, metrics(2));
    expect(panel.lines({ columns: 80, rows: 10 }, plain).slice(2)).toEqual(['▁█']);
  });
});
