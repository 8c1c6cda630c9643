import type { Logger } from '@loci/core';
import type { Progress } from './progress.ts';
import { isLive } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/**
 * A logger whose lines appear above the display of `progress`: notes unless quiet, and always warnings. A display also shows the progress of
 * long work.
 */
export function progressLogger(progress: Progress, terminal: Terminal, quiet: boolean): Logger {
  const shows = isLive(terminal) && !quiet;
  return {
    info: (message) => (quiet ? undefined : progress.line(message)),
    warn: (message) => progress.line(`warning: ${message}`),
    ...(shows && {
      progress: (label: string, done: number, total: number) =>
        progress.update(label, done, total, ''),
    }),
  };
}
