import { SingleBar } from 'cli-progress';

/** A stream that people read: standard output, or a stand-in of a test. */
export type Terminal = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
};

/** Progress of one task with a known number of units. */
export interface Progress {
  /** `done` units of `total` are finished; `text` says what they brought. */
  update(done: number, total: number, text: string): void;
  /** A line of its own, above the live one. */
  line(text: string): void;
  /** Ends the live line; later calls start a new one. */
  stop(): void;
}

/** `plain` writes one line an update and no control character; `quiet` drops updates and keeps lines. */
export interface ProgressOptions {
  readonly label: string;
  readonly quiet?: boolean;
}

/** A live bar where a person watches, plain lines where the output is piped or logged. */
export function createProgress(terminal: Terminal, options: ProgressOptions): Progress {
  if (options.quiet === true) return quietProgress(terminal);
  return terminal.isTTY === true
    ? liveProgress(terminal, options.label)
    : plainProgress(terminal, options.label);
}

function quietProgress(terminal: Terminal): Progress {
  return {
    update: () => undefined,
    line: (text) => void terminal.write(`${text}\n`),
    stop: () => undefined,
  };
}

function plainProgress(terminal: Terminal, label: string): Progress {
  return {
    update: (done, total, text) =>
      void terminal.write(`${label} ${done}/${total}${text === '' ? '' : `  ${text}`}\n`),
    line: (text) => void terminal.write(`${text}\n`),
    stop: () => undefined,
  };
}

function liveProgress(terminal: Terminal, label: string): Progress {
  let bar: SingleBar | undefined;
  let last: { readonly done: number; readonly total: number; readonly text: string } | undefined;

  const show = (done: number, total: number, text: string): void => {
    last = { done, total, text };
    if (bar === undefined) {
      bar = new SingleBar({
        stream: terminal,
        format: `${label} {bar} {value}/{total}  {text}`,
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
      bar.start(total, done, { text });
    } else {
      bar.setTotal(total);
      bar.update(done, { text });
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
      if (shown !== undefined) show(shown.done, shown.total, shown.text);
    },
    stop,
  };
}
