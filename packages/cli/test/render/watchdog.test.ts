import { describe, expect, jest, test } from '@jest/globals';
import { createWatchdog } from '../../src/render/watchdog.ts';

describe('watchdog', () => {
  test('names the phase after silence, and only then', () => {
    jest.useFakeTimers();
    try {
      const lines: string[] = [];
      const watchdog = createWatchdog(10_000, (line) => lines.push(line));
      watchdog.enter('sampling step 4');
      jest.advanceTimersByTime(9_000);
      watchdog.enter('scoring step 4');
      jest.advanceTimersByTime(9_000);
      expect(lines).toEqual([]);
      jest.advanceTimersByTime(11_000);
      expect(lines).toEqual([
        'still scoring step 4: nothing new for 10 s',
        'still scoring step 4: nothing new for 20 s',
      ]);
      watchdog.stop();
      jest.advanceTimersByTime(60_000);
      expect(lines).toHaveLength(2);
    } finally {
      jest.useRealTimers();
    }
  });
});
