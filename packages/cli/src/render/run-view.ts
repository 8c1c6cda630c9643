/** Shows a run while it goes on: one line a step, notes between, and a name for whatever takes suspiciously long. */
import type { EvaluationReport, Logger, RunEvent } from '@loci/core';
import { CONDITION_TITLES } from './evaluation-rows.ts';
import { formatDuration, formatFigure, formatPercent } from './format.ts';
import { createProgress } from './progress.ts';
import type { Terminal } from './progress.ts';
import { createWatchdog } from './watchdog.ts';

/** Takes the events of one run in order. */
export interface RunView {
  show(event: RunEvent): void;
  /** For the parts of the run: their notes stand above the live line; warnings are shown even when quiet. */
  readonly logger: Logger;
  stop(): void;
}

/** How a run is shown. */
export interface RunViewOptions {
  readonly quiet: boolean;
  /** Silence after which the running phase is named. */
  readonly silenceMs: number;
  /** For the estimate of the time left. */
  readonly now?: () => number;
}

/** Steps that the estimate of the time left looks back on. */
const PACE_WINDOW = 10;

/** A view that writes to `terminal`; see `createProgress` for what a pipe gets. */
export function createRunView(terminal: Terminal, options: RunViewOptions): RunView {
  const now = options.now ?? Date.now;
  const progress = createProgress(terminal, options.quiet);
  const watchdog = createWatchdog(options.silenceMs, (line) => progress.line(line));
  const note = (text: string): void => {
    if (!options.quiet) progress.line(text);
  };
  const durations: number[] = [];
  let stepStart = now();

  return {
    show(event) {
      watchdog.enter(phaseOf(event));
      switch (event.type) {
        case 'run-start':
          note(
            `${event.policy?.description ?? 'a policy that is trained elsewhere'}; ${event.trainingSamples} questions to learn from` +
              (event.startStep === 0 ? '' : `; going on after step ${event.startStep}`),
          );
          note(`run folder ${event.runDirectory}`);
          break;
        case 'step-start':
          stepStart = now();
          break;
        case 'chunk':
        case 'rollout-group':
        case 'run-end':
          break;
        case 'step-end': {
          durations.push(now() - stepStart);
          const pace = durations.slice(-PACE_WINDOW);
          const mean = pace.reduce((sum, duration) => sum + duration, 0) / pace.length;
          const left = formatDuration(mean * (event.totalSteps - event.step));
          progress.update(
            'step',
            event.step,
            event.totalSteps,
            `${stepText(event.metrics)}  left ${left}`,
          );
          break;
        }
        case 'evaluation-progress':
          progress.update('evaluating', event.done, event.total, CONDITION_TITLES[event.condition]);
          break;
        case 'evaluation':
          progress.stop();
          note(`evaluation ${event.phase}: ${evaluationText(event.report)}`);
          break;
        case 'benchmark':
          progress.stop();
          note(`${event.name} at step ${event.step}: ${benchmarkText(event.report)}`);
          break;
        case 'checkpoint':
          note(`checkpoint of step ${event.step}: ${event.directory}`);
          break;
        default:
          event satisfies never;
      }
    },
    logger: {
      info(message) {
        watchdog.enter(`busy after "${message}"`);
        note(message);
      },
      warn: (message) => progress.line(`warning: ${message}`),
    },
    stop() {
      watchdog.stop();
      progress.stop();
    },
  };
}

/** What the work is doing after an event, to be read after "still". */
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

/** Figures of the reward that are not the mean of one reward. */
const NOT_A_PART = ['reward/total', 'reward/std'];

/** `reward 1.42 (answer 0.61, map 0.72)  kl 0.001  length 63.1  1234 tokens/s`. */
export function stepText(metrics: Readonly<Record<string, number>>): string {
  const parts = Object.entries(metrics)
    .filter(([name]) => /^reward\/[^/]+$/.test(name) && !NOT_A_PART.includes(name))
    .map(([name, value]) => `${name.slice('reward/'.length)} ${formatFigure(value)}`);
  const figure = (label: string, metric: string): readonly string[] => {
    const value = metrics[metric];
    return value === undefined ? [] : [`${label} ${formatFigure(value)}`];
  };
  const speed = metrics['speed/tokens-per-second'];
  return [
    ...figure('reward', 'reward/total').map((text) =>
      parts.length === 0 ? text : `${text} (${parts.join(', ')})`,
    ),
    ...figure('loss', 'loss/total'),
    ...figure('kl', 'policy/kl'),
    ...figure('length', 'completion/tokens'),
    ...(speed === undefined ? [] : [`${Math.round(speed)} tokens/s`]),
  ].join('  ');
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
