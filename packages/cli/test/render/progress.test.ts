import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import ansiEscapes from 'ansi-escapes';
import { createProgress } from '../../src/render/progress.ts';
import type { Progress } from '../../src/render/progress.ts';
import { sizeOf } from '../../src/render/terminal.ts';
import type { Terminal } from '../../src/render/terminal.ts';
import { openScreen } from '../support/screen.ts';

const environment = process.env;
const VARIABLES = ['CI', 'TERM', 'NO_COLOR'];
beforeEach(() => {
  const kept = Object.entries(environment).filter(([name]) => !VARIABLES.includes(name));
  process.env = Object.fromEntries(kept);
});
afterEach(() => {
  process.env = environment;
});

function pipe(isTTY = false): { readonly terminal: Terminal; readonly text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return { terminal: Object.assign(stream, { isTTY, columns: 120 }), text: () => text };
}

function drive(progress: Progress): void {
  progress.update('step', 1, 2, 'reward 0.5');
  progress.line('a note');
  progress.update('step', 2, 2, 'reward 0.7');
  progress.stop();
}

const PLAIN = 'step 1/2  reward 0.5\na note\nstep 2/2  reward 0.7\n';

describe('progress', () => {
  test('piped output is one plain line an update, without control characters', () => {
    const { terminal, text } = pipe();
    drive(createProgress(terminal, false));
    expect(text()).toBe(PLAIN);
  });

  test.each([
    ['CI', 'true'],
    ['TERM', 'dumb'],
  ])('so is that of a terminal under %s=%s', (name, value) => {
    process.env[name] = value;
    const { terminal, text } = pipe(true);
    drive(createProgress(terminal, false));
    expect(text()).toBe(PLAIN);
  });

  test('a terminal that says 0 × 0 has a display as well, which ends', () => {
    const { terminal } = openScreen(0, 0);
    // With no column each line would take rows without end, and taking them away would never end.
    expect(sizeOf(terminal)).toEqual({ columns: 80, rows: 24 });
    const written: string[] = [];
    const watched = Object.assign(Object.create(terminal) as Terminal, {
      write: (text: string) => written.push(text) > 0,
    });
    drive(createProgress(watched, false));
    expect(written.join('')).toContain('a note');
    expect(written.at(-1)).toContain(ansiEscapes.cursorShow);
  });

  test('quiet output keeps notes only', () => {
    const { terminal, text } = pipe();
    drive(createProgress(terminal, true));
    expect(text()).toBe('a note\n');
  });

  test('a terminal has one display at its end, notes above it, and nothing of it after the stop', () => {
    const screen = openScreen(80);
    const progress = createProgress(screen.terminal, false);
    progress.update('step', 1, 4, 'reward 0.5');
    progress.line('a note');
    progress.line('warning: another');
    expect(screen.lines()).toEqual([
      'a note',
      'warning: another',
      'step 1/4 ████░░░░░░░░░░░░  left …  reward 0.5',
      '',
    ]);
    progress.stop();
    expect(screen.lines().filter((line) => line !== '')).toEqual(['a note', 'warning: another']);
    expect(screen.written()).toMatch(/\u001b\[\?25l[\s\S]*\u001b\[\?25h$/u);
  });

  test.each([20, 40, 80, 200])('no line of a display is broken at %d columns', (columns) => {
    const screen = openScreen(columns);
    const panel = { lines: () => ['x'.repeat(500), 'second'] };
    const progress = createProgress(screen.terminal, false, panel);
    progress.update('evaluating', 40, 1200, 'a text that is longer than a narrow terminal');
    progress.line('note');
    const lines = screen.lines();
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe('note');
    expect(lines[2]).toBe('x'.repeat(columns - 1));
    expect(lines[3]).toBe('second');
    progress.stop();
  });

  test('a terminal that became narrower keeps no rest of the wider display', () => {
    const screen = openScreen(100);
    const progress = createProgress(screen.terminal, false, { lines: () => ['y'.repeat(99)] });
    progress.update('step', 1, 4, 'reward 0.5');
    progress.line('first note');
    screen.narrow(30);
    progress.line('second note');
    const lines = screen.lines().filter((line) => line !== '');
    expect(lines).toEqual([
      'first note',
      'second note',
      expect.stringMatching(/^step 1\/4/),
      'y'.repeat(29),
    ]);
    progress.stop();
  });

  test('NO_COLOR leaves the display, without colors', () => {
    process.env['NO_COLOR'] = '1';
    const plain = openScreen(80);
    const first = shown(plain.terminal);
    expect(plain.written()).not.toMatch(/\u001b\[\d+m/u);
    process.env['NO_COLOR'] = '';
    const colored = openScreen(80);
    const second = shown(colored.terminal);
    expect(colored.written()).toMatch(/\u001b\[36m/u);
    expect(plain.lines()[0]).toContain('step 1/2');
    first.stop();
    second.stop();
  });
});

function shown(terminal: Terminal): Progress {
  const progress = createProgress(terminal, false);
  progress.update('step', 1, 2, '');
  return progress;
}
