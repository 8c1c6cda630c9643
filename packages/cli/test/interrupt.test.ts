import { EventEmitter } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { listenForInterrupt } from '../src/interrupt.ts';

class Signals extends EventEmitter {
  readonly codes: number[] = [];
  exit(code: number): void {
    this.codes.push(code);
  }
}

describe('interrupt', () => {
  test('the first signal asks to stop, its echo is ignored, a second press leaves', () => {
    const source = new Signals();
    let time = 1_000;
    let asked = 0;
    const interrupt = listenForInterrupt(
      () => asked++,
      source,
      () => time,
    );
    expect(interrupt.signal.aborted).toBe(false);
    source.emit('SIGINT');
    expect(interrupt.signal.aborted).toBe(true);
    time += 50;
    source.emit('SIGINT');
    expect([asked, source.codes]).toEqual([1, []]);
    time += 2_000;
    source.emit('SIGTERM');
    expect([asked, source.codes]).toEqual([1, [130]]);
  });

  test('after dispose signals are no longer ours', () => {
    const source = new Signals();
    listenForInterrupt(() => undefined, source).dispose();
    expect(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM')).toBe(0);
  });
});
