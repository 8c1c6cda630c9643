/** Progress of long work: a display at the bottom of a terminal, plain lines in a pipe or a log. */
import { formatDuration } from './format.ts';
import { startScreen } from './live-screen.ts';
import type { LiveScreen } from './live-screen.ts';
import { colorsOf, isLive } from './terminal.ts';
import type { Colors, Terminal, TerminalSize } from './terminal.ts';

export type { Terminal } from './terminal.ts';

/** Progress of work with a known number of units. */
export interface Progress {
  /** `done` units of `total` are finished, units being called `label`; `text` says what they brought. */
  update(label: string, done: number, total: number, text: string): void;
  /** A line of its own, above the live ones. */
  line(text: string): void;
  /** Ends the display; later calls start a new one. */
  stop(): void;
}

/** What a display shows besides the bar. */
export interface ProgressPanel {
  /** Time that is left, in words; by default an estimate from the units done. */
  left?(): string | undefined;
  /** Further lines below the bar. */
  lines(size: TerminalSize, colors: Colors): readonly string[];
}

/**
 * A display where a person watches; where the output is piped or logged, or the terminal cannot move its cursor, one plain line an
 * update and no control character.
 *
 * @param quiet Drops updates and keeps lines.
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

/** The unit of work that is going on. */
interface Going {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly text: string;
  /** When, and how far, its clock was started. */
  readonly since: number;
  readonly from: number;
  /** When so much was done. */
  readonly at: number;
}

function liveProgress(terminal: Terminal, panel: ProgressPanel | undefined): Progress {
  let screen: LiveScreen | undefined;
  let going: Going | undefined;

  const draw = (size: TerminalSize, colors: Colors): readonly string[] => {
    if (going === undefined) return [];
    const left = panel?.left?.() ?? leftOf(going, performance.now());
    return [barLine(going, left, size, colors), ...(panel?.lines(size, colors) ?? [])];
  };
  return {
    update(label, done, total, text) {
      // Another label, or the same from its start, is other work, with a pace of its own.
      const goesOn = going?.label === label && going.total === total && done >= going.done;
      const at = performance.now();
      const { since, from } = goesOn ? going! : { since: at, from: done };
      going = { label, done, total, text, since, from, at };
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
      going = undefined;
    },
  };
}

function warned(text: string, colors: Colors): string {
  return text.startsWith('warning: ') ? colors.yellow(text) : text;
}

/** What is left at the pace so far; undefined before a unit was done. */
function leftOf({ done, total, since, from, at }: Going, now: number): string | undefined {
  if (done <= from || done >= total) return undefined;
  const each = (at - since) / (done - from);
  return `left ${formatDuration(each * (total - done) - (now - at))}`;
}

const [SHORTEST_BAR, LONGEST_BAR] = [8, 32];

/** `step 57/180 ██████░░░░░░  left 3 min 12 s  text`, the text cut where it does not fit. */
function barLine(
  { label, done, total, text }: Going,
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
