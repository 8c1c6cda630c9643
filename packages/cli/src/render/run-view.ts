/** Shows a run while it trains: a line per step, notes, and the name of a phase that takes suspiciously long. */
import type { EvaluationReport, Logger, RunEvent } from '@loci/core';
import { CONDITION_TITLES } from './evaluation-rows.ts';
import { formatDuration, formatFigure, formatPercent } from './format.ts';
import { createProgress } from './progress.ts';
import { RunPanel } from './run-panel.ts';
import { stepText } from './step-text.ts';
import { colorsOf, isLive, sizeOf } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { createWatchdog } from './watchdog.ts';

/** Takes the events of one run in order. */
export interface RunView {
  show(event: RunEvent): void;
  /** The curve of the reward, to print above the result; empty without a display. */
  curve(): readonly string[];
  /** Logger for the parts of the run: notes appear above the display, warnings even when quiet. */
  readonly logger: Logger;
  stop(): void;
}

/** Options of a view. */
export interface RunViewOptions {
  readonly quiet: boolean;
  /** Silence after which the view names the running phase. */
  readonly silenceMs: number;
  /** Clock for the estimate of the time left. */
  readonly now?: () => number;
}

/** A view that writes to `terminal`; `createProgress` describes the output in a pipe. */
export function createRunView(terminal: Terminal, options: RunViewOptions): RunView {
  const now = options.now ?? Date.now;
  const panel = new RunPanel(now);
  const progress = createProgress(terminal, options.quiet, panel);
  const live = isLive(terminal) && !options.quiet;
  const watchdog = createWatchdog(options.silenceMs, (line) => progress.line(line));
  const note = (text: string): void => {
    if (!options.quiet) progress.line(text);
  };
  return {
    show(event) {
      watchdog.enter(phaseOf(event));
      switch (event.type) {
        case 'run-start':
          panel.begin(event.startStep, event.totalSteps);
          note(
            `${event.trainingSamples} questions to learn from` +
              (event.startStep === 0 ? '' : `; going on after step ${event.startStep}`),
          );
          note(`run folder ${event.runDirectory}`);
          if (live) progress.update('step', event.startStep, event.totalSteps, '');
          break;
        case 'step-start':
          panel.stepStarts();
          if (live) progress.update('step', event.step - 1, event.totalSteps, 'sampling');
          break;
        case 'chunk':
        case 'rollout-group':
        case 'run-end':
          break;
        case 'step-end': {
          panel.stepEnds(event.step, event.totalSteps, event.metrics);
          const left = formatDuration(panel.stepsLeftMs ?? 0);
          // The display shows the figures in lines of its own.
          const text = live ? '' : `${stepText(event.metrics)}  left ${left}`;
          progress.update('step', event.step, event.totalSteps, text);
          break;
        }
        case 'evaluation-progress':
          panel.evaluates();
          progress.update('evaluating', event.done, event.total, CONDITION_TITLES[event.condition]);
          break;
        case 'evaluation':
          panel.evaluated();
          note(`evaluation ${event.phase}: ${evaluationText(event.report)}`);
          break;
        case 'benchmark':
          note(`${event.name} at step ${event.step}: ${benchmarkText(event.report)}`);
          break;
        case 'checkpoint':
          note(`checkpoint of step ${event.step}: ${event.directory}`);
          break;
        default:
          event satisfies never;
      }
    },
    curve: () => (live ? panel.curve(sizeOf(terminal).columns, colorsOf(terminal)) : []),
    logger: {
      info(message) {
        watchdog.enter(`busy after "${message}"`);
        note(message);
      },
      warn: (message) => progress.line(`warning: ${message}`),
      ...(live && {
        progress: (label: string, done: number, total: number) => {
          watchdog.enter(label);
          panel.prepares();
          progress.update(label, done, total, '');
        },
      }),
    },
    stop() {
      watchdog.stop();
      progress.stop();
    },
  };
}

/** The phase of the work after an event, to read after "still". */
function phaseOf(event: RunEvent): string {
  switch (event.type) {
    case 'run-start':
      return event.startStep === 0 ? 'evaluating before the first step' : 'starting';
    case 'step-start':
    case 'chunk':
      return `sampling step ${event.step}`;
    case 'rollout-group':
      return `updating in step ${event.step}`;
    case 'step-end':
      return event.step === event.totalSteps
        ? 'evaluating after the last step'
        : `between steps ${event.step} and ${event.step + 1}`;
    case 'evaluation-progress':
      return `evaluating ${event.phase} training: ${CONDITION_TITLES[event.condition]}`;
    case 'evaluation':
      return `busy after the evaluation of step ${event.step}`;
    case 'benchmark':
      return `busy after ${event.name} at step ${event.step}`;
    case 'checkpoint':
      return `busy after the checkpoint of step ${event.step}`;
    case 'run-end':
      return 'closing the run';
    default:
      return event satisfies never;
  }
}

function benchmarkText({ conditions }: EvaluationReport): string {
  return (conditions['as-filmed']?.scorers ?? [])
    .map(({ scorer, headline }) => `${scorer} ${formatPercent(headline.value)} %`)
    .join(', ');
}

function evaluationText({ conditions }: EvaluationReport): string {
  const overall = conditions['as-filmed']?.means.overall;
  if (overall === undefined) return 'no question could be asked';
  const { reward, ...others } = overall.measures;
  const rest = Object.entries(others).filter(([name]) => !name.includes('/'));
  const figures = [
    ...(reward === undefined ? [] : [['reward', reward] as const]),
    ['answers', overall.score] as const,
    ...rest,
  ];
  return figures.map(([name, { value }]) => `${name} ${formatFigure(value)}`).join(', ');
}
