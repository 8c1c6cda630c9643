/** The display of a running training: the time left, the reward and its parts, and the curve of the reward. */
import { brailleCurve, sparkline } from './curve.ts';
import { formatDuration, formatFigure } from './format.ts';
import type { ProgressPanel } from './progress.ts';
import { rewardText, speedText } from './step-text.ts';
import type { Colors, TerminalSize } from './terminal.ts';

/** Last steps that the estimate of the time left uses. */
const PACE_WINDOW = 10;
/** Steps that the curve has room for at the start. */
const CURVE_STEPS = 20;
/** Rows of the curve, and rows of a terminal below which the curve has only one. */
const [CURVE_ROWS, LOW_TERMINAL] = [4, 16];
/** Characters of the curve's scale. */
const SCALE = 7;
const NARROWEST_CURVE = 16;

/** Receives the events of a run, and shows them in `lines`. */
export class RunPanel implements ProgressPanel {
  readonly #now: () => number;
  readonly #rewards: number[] = [];
  readonly #durations: number[] = [];
  #metrics: Readonly<Record<string, number>> = {};
  #firstStep = 0;
  #step = 0;
  #totalSteps = 0;
  #begun = 0;
  #ended = 0;
  /** Duration of the evaluation before training, as an estimate of the one after it. */
  #evaluationMs = 0;
  #evaluationSince: number | undefined;
  #prepares = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A run of `totalSteps` begins, or continues after `step`. */
  begin(step: number, totalSteps: number): void {
    [this.#step, this.#firstStep, this.#totalSteps] = [step, step, totalSteps];
  }

  /** Other work begins, whose pace does not count for the run. */
  prepares(): void {
    this.#prepares = true;
  }

  stepStarts(): void {
    this.#prepares = false;
    this.#begun = this.#now();
  }

  stepEnds(step: number, totalSteps: number, metrics: Readonly<Record<string, number>>): void {
    this.#ended = this.#now();
    this.#durations.push(this.#ended - this.#begun);
    [this.#step, this.#totalSteps, this.#metrics] = [step, totalSteps, metrics];
    const reward = metrics['reward/total'];
    if (reward !== undefined) this.#rewards.push(reward);
  }

  evaluates(): void {
    this.#prepares = false;
    this.#evaluationSince ??= this.#now();
  }

  evaluated(): void {
    const since = this.#evaluationSince;
    if (since !== undefined && this.#step === 0) this.#evaluationMs = this.#now() - since;
    this.#evaluationSince = undefined;
  }

  /** Milliseconds for the remaining steps at the pace of the last ones. */
  get stepsLeftMs(): number | undefined {
    const pace = this.#durations.slice(-PACE_WINDOW);
    if (pace.length === 0) return undefined;
    const mean = pace.reduce((sum, duration) => sum + duration, 0) / pace.length;
    return mean * (this.#totalSteps - this.#step);
  }

  left(): string | undefined {
    if (this.#prepares) return undefined;
    const since = this.#evaluationSince;
    if (since !== undefined) return this.#evaluationLeft(since);
    const steps = this.stepsLeftMs;
    if (steps === undefined) return 'left: known after a step';
    const passed = this.#now() - this.#ended;
    return `left ${formatDuration(Math.max(0, steps - passed) + this.#evaluationMs)}`;
  }

  /** The evaluation after training takes about as long as the one before it. */
  #evaluationLeft(since: number): string | undefined {
    if (this.#step < this.#totalSteps || this.#evaluationMs === 0) return undefined;
    return `left ${formatDuration(Math.max(0, this.#evaluationMs - (this.#now() - since)))}`;
  }

  lines({ columns, rows }: TerminalSize, colors: Colors): readonly string[] {
    const reward = rewardText(this.#metrics) ?? colors.dim('reward: known after a step');
    if (this.#rewards.length === 0) return [reward];
    return [
      colors.green(reward),
      colors.dim(speedText(this.#metrics)),
      ...this.#curve(columns, rows < LOW_TERMINAL ? 1 : CURVE_ROWS, colors),
    ];
  }

  /** The curve, to print above the result; empty before the second step. */
  curve(columns: number, colors: Colors): readonly string[] {
    return this.#rewards.length < 2 ? [] : this.#curve(columns, CURVE_ROWS, colors);
  }

  #curve(columns: number, rows: number, colors: Colors): readonly string[] {
    const values = this.#rewards;
    const width = Math.max(NARROWEST_CURVE, columns - SCALE - 4);
    if (rows === 1) return [colors.cyan(sparkline(values, width))];
    const room = Math.min(CURVE_STEPS, this.#totalSteps - this.#firstStep);
    const { lines, low, high } = brailleCurve(values, { columns: width, rows, room });
    const scale = (row: number): string => {
      if (row > 0 && row < rows - 1) return ''.padStart(SCALE);
      return formatFigure(row === 0 ? high : low).padStart(SCALE);
    };
    const from = this.#firstStep + 1;
    const to = Math.max(this.#step, from);
    return [
      ...lines.map((signs, row) => `${colors.dim(`${scale(row)} │`)}${colors.cyan(signs)}`),
      colors.dim(`${''.padStart(SCALE)} └ reward, steps ${from} to ${to} of ${this.#totalSteps}`),
    ];
  }
}
