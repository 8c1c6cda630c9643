/** Shows the progress of long work: a display at the bottom of a terminal, or plain lines in a pipe or a log. */
import { formatDuration } from './format.ts';
import { startScreen } from './live-screen.ts';
import type { LiveScreen } from './live-screen.ts';
import { colorsOf, isLive } from './terminal.ts';
import type { Colors, Terminal, TerminalSize } from './terminal.ts';

export type { Terminal } from './terminal.ts';

/** Progress of work with a known number of units. */
export interface Progress {
  /** Reports that `done` of `total` units are finished. @param label names the units. @param text has their results. */
  update(label: string, done: number, total: number, text: string): void;
  /** Prints a line above the display. */
  line(text: string): void;
  /** Ends the display; later calls start a new one. */
  stop(): void;
}

/** Content of a display besides the bar. */
export interface ProgressPanel {
  /** Text of the time left; by default an estimate from the finished units. */
  left?(): string | undefined;
  /** Further lines below the bar. */
  lines(size: TerminalSize, colors: Colors): readonly string[];
}

/**
 * A display on a live terminal. In a pipe, a log or a terminal that cannot move its cursor, each update is a plain line without control
 * characters.
 *
 * @param quiet drops updates and keeps lines.
 */
export function createProgress(
  terminal: Terminal,
  quiet: boolean,
  panel?: ProgressPanel,
): Progress {
  if (quiet) return quietProgress(terminal);
  return isLive(terminal) ? liveProgress(terminal, panel) : plainProgress(terminal);
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

/** The running work. */
interface Running {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly text: string;
  /** Time and finished units when its clock started. */
  readonly since: number;
  readonly from: number;
  /** Time of the last update. */
  readonly at: number;
}

function liveProgress(terminal: Terminal, panel: ProgressPanel | undefined): Progress {
  let screen: LiveScreen | undefined;
  let running: Running | undefined;

  const draw = (size: TerminalSize, colors: Colors): readonly string[] => {
    if (running === undefined) return [];
    const left = panel?.left?.() ?? leftOf(running, performance.now());
    return [barLine(running, left, size, colors), ...(panel?.lines(size, colors) ?? [])];
  };
  return {
    update(label, done, total, text) {
      // Another label, or the same one starting again, is other work with a pace of its own.
      const isSame = running?.label === label && running.total === total && done >= running.done;
      const at = performance.now();
      const { since, from } = isSame ? running! : { since: at, from: done };
      running = { label, done, total, text, since, from, at };
      screen ??= startScreen(terminal, draw);
      screen.changed();
    },
    line(text) {
      if (screen === undefined) terminal.write(`${warned(text, colorsOf(terminal))}\n`);
      else screen.line(warned(text, colorsOf(terminal)));
    },
    stop() {
      screen?.stop();
      screen = undefined;
      running = undefined;
    },
  };
}

function warned(text: string, colors: Colors): string {
  return text.startsWith('warning: ') ? colors.yellow(text) : text;
}

/** The time left at the pace so far; undefined before a unit is finished. */
function leftOf({ done, total, since, from, at }: Running, now: number): string | undefined {
  if (done <= from || done >= total) return undefined;
  const each = (at - since) / (done - from);
  return `left ${formatDuration(each * (total - done) - (now - at))}`;
}

const [SHORTEST_BAR, LONGEST_BAR] = [8, 32];

/** `step 57/180 ██████░░░░░░  left 3 min 12 s  text`. */
function barLine(
  { label, done, total, text }: Running,
  left: string | undefined,
  { columns }: TerminalSize,
  colors: Colors,
): string {
  const size = Math.max(SHORTEST_BAR, Math.min(LONGEST_BAR, Math.floor(columns / 5)));
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  const full = Math.round(share * size);
  const bar = `${colors.cyan('█'.repeat(full))}${colors.dim('░'.repeat(size - full))}`;
  return [
    `${colors.bold(label)} ${done}/${total} ${bar}`,
    colors.bold(left ?? 'left …'),
    ...(text === '' ? [] : [text]),
  ].join('  ');
}
