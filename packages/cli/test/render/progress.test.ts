import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { createProgress } from '../../src/render/progress.ts';
import type { Terminal } from '../../src/render/progress.ts';

function recorder(isTTY: boolean): { readonly terminal: Terminal; readonly text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return { terminal: Object.assign(stream, { isTTY, columns: 120 }), text: () => text };
}

function drive(terminal: Terminal, quiet = false): void {
  const progress = createProgress(terminal, quiet);
  progress.update('step', 1, 2, 'reward 0.5');
  progress.line('a note');
  progress.update('step', 2, 2, 'reward 0.7');
  progress.stop();
}

describe('progress', () => {
  test('piped output is one plain line an update, without control characters', () => {
    const { terminal, text } = recorder(false);
    drive(terminal);
    expect(text()).toBe('step 1/2  reward 0.5\na note\nstep 2/2  reward 0.7\n');
    expect(text()).toMatch(/^[\n\x20-\x7e]*$/);
  });

  test('quiet output keeps notes only', () => {
    const { terminal, text } = recorder(false);
    drive(terminal, true);
    expect(text()).toBe('a note\n');
  });

  test('a terminal gets a live line that rewrites itself, and notes stand above it', () => {
    const { terminal, text } = recorder(true);
    drive(terminal);
    expect(text()).toContain('1/2  reward 0.5');
    expect(text()).toContain('a note\n');
    expect(text()).toContain('2/2  reward 0.7');
    expect(text()).toContain('\u001b[');
  });
});
