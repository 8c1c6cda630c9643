import { EventEmitter } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { listenForInterrupt, outputClosed } from '../src/interrupt.ts';

class Signals extends EventEmitter {
  readonly codes: number[] = [];
  exit(code: number): void {
    this.codes.push(code);
  }
}

describe('interrupt', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])(
    '%s asks to stop, its echo is ignored, a second press leaves',
    (name) => {
      const source = new Signals();
      let time = 1_000;
      const asked: string[] = [];
      const interrupt = listenForInterrupt(
        (reason) => asked.push(reason),
        source,
        () => time,
      );
      expect(interrupt.signal.aborted).toBe(false);
      source.emit(name);
      expect(interrupt.signal.aborted).toBe(true);
      time += 50;
      source.emit('SIGHUP');
      expect([asked, source.codes]).toEqual([[name], []]);
      time += 2_000;
      source.emit('SIGTERM');
      expect([asked, source.codes]).toEqual([[name], [130]]);
      interrupt.dispose();
    },
  );

  test('a closed output requests a stop, once', () => {
    expect(outputClosed()).toBe(false);
    const asked: string[] = [];
    const interrupt = listenForInterrupt((reason) => asked.push(reason), new Signals());
    expect([outputClosed(), outputClosed()]).toEqual([true, true]);
    expect(interrupt.signal.aborted).toBe(true);
    interrupt.dispose();
    expect([asked, outputClosed()]).toEqual([['closed output'], false]);
  });

  test('after dispose signals are no longer ours', () => {
    const source = new Signals();
    listenForInterrupt(() => undefined, source).dispose();
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
      expect(source.listenerCount(name)).toBe(0);
    }
  });
});
