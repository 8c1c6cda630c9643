import { SingleBar } from 'cli-progress';

/** A stream that people read: standard output, or a stand-in of a test. */
export type Terminal = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
};

/** Progress of work with a known number of units. */
export interface Progress {
  /** `done` units of `total` are finished, units being called `label`; `text` says what they brought. */
  update(label: string, done: number, total: number, text: string): void;
  /** A line of its own, above the live one. */
  line(text: string): void;
  /** Ends the live line; later calls start a new one. */
  stop(): void;
}

/**
 * A live bar where a person watches; where the output is piped or logged, one plain line an update and no control character.
 *
 * @param quiet Drops updates and keeps lines.
 */
export function createProgress(terminal: Terminal, quiet: boolean): Progress {
  if (quiet) return quietProgress(terminal);
  return terminal.isTTY === true ? liveProgress(terminal) : plainProgress(terminal);
}

function quietProgress(terminal: Terminal): Progress {
  return {
    update: () => undefined,
    line: (text) => void terminal.write(`${text}\n`),
    stop: () => undefined,
  };
}

function plainProgress(terminal: Terminal): Progress {
  return {
    update: (label, done, total, text) =>
      void terminal.write(`${label} ${done}/${total}${text === '' ? '' : `  ${text}`}\n`),
    line: (text) => void terminal.write(`${text}\n`),
    stop: () => undefined,
  };
}

function liveProgress(terminal: Terminal): Progress {
  let bar: SingleBar | undefined;
  let last: Parameters<Progress['update']> | undefined;

  const show: Progress['update'] = (label, done, total, text) => {
    last = [label, done, total, text];
    if (bar === undefined) {
      bar = new SingleBar({
        stream: terminal,
        format: '{label} {bar} {value}/{total}  {text}',
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 16,
        fps: 8,
        hideCursor: true,
        clearOnComplete: true,
        linewrap: false,
        gracefulExit: false,
        autopadding: false,
      });
      bar.start(total, done, { label, text });
    } else {
      bar.setTotal(total);
      bar.update(done, { label, text });
    }
  };
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    update: show,
    line: (text) => {
      const shown = bar === undefined ? undefined : last;
      stop();
      terminal.write(`${text}\n`);
      if (shown !== undefined) show(...shown);
    },
    stop,
  };
}
