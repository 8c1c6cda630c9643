/** The GPU check as one page of text. */
import type { Figures, PartResult } from './part.ts';
import type { GpuMachine } from './targets.ts';

/** The report of a check. */
export interface GpuReport {
  readonly date: string;
  readonly node: string;
  readonly gpu: GpuMachine['gpu'];
  /** Device of each target, or why it was not tried. */
  readonly targets: Readonly<Record<string, string>>;
  readonly tiny: boolean;
  readonly parts: readonly PartResult[];
}

const shown = (value: number | string | undefined): string =>
  typeof value === 'number'
    ? Number.isInteger(value)
      ? String(value)
      : value.toPrecision(3)
    : (value ?? '–');

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function section(
  title: string,
  parts: readonly PartResult[],
  columns: Readonly<Record<string, keyof Figures>>,
): string {
  const ran = parts.filter(({ figures }) => figures && Object.keys(figures).length > 0);
  if (ran.length === 0) return '';
  const rows = ran.map(({ target, part, figures = {}, seconds }) => [
    target,
    part,
    ...Object.values(columns).map((name) => shown(figures[name])),
    shown(Math.round(seconds ?? 0)),
  ]);
  const header = ['target', 'part', ...Object.keys(columns), 'whole, s'];
  return `## ${title}\n\n${table(header, rows)}\n`;
}

/** The page, in Markdown. */
export function summarize({ date, node, gpu, targets, tiny, parts }: GpuReport): string {
  const device =
    'missing' in gpu ? gpu.missing : `${gpu.name}, ${gpu.memoryMegabytes} MB, driver ${gpu.driver}`;
  const ended = (status: PartResult['status']) => parts.filter((part) => part.status === status);
  const bench = parts.filter(({ part }) => part.startsWith('bench'));
  const notes = [...ended('failed'), ...ended('skipped')].map(
    ({ target, part, status, reason = '' }) => `- ${status}: ${target}, ${part}: ${reason}`,
  );
  return [
    `# GPU check, ${date}\n`,
    `GPU: ${device}. Node ${node}.${tiny ? ' Tiny sizes: the times mean nothing.' : ''}\n`,
    `${Object.entries(targets)
      .map(([name, words]) => `- ${name}: ${words}`)
      .join('\n')}\n`,
    `${ended('passed').length} parts passed, ${ended('failed').length} failed, ${ended('skipped').length} could not run.\n`,
    section(
      'Parity',
      parts.filter(({ part }) => part === 'parity'),
      {
        passed: 'passed',
        of: 'total',
        'worst gradient error': 'worstGradientError',
      },
    ),
    section('One GRPO step', bench, {
      's a step': 'stepSeconds',
      generation: 'generationSeconds',
      reference: 'referenceSeconds',
      gradient: 'gradientSeconds',
      update: 'updateSeconds',
      'tokens/s': 'tokensPerSecond',
      dominates: 'dominates',
    }),
    section(
      'Training run',
      parts.filter(({ part }) => part === 'training run'),
      {
        steps: 'steps',
        'reward before': 'beforeReward',
        after: 'afterReward',
        's a step': 'seconds/step',
        dominates: 'dominates',
      },
    ),
    notes.length > 0 ? `## Failed, or could not run\n\n${notes.join('\n')}\n` : '',
  ]
    .filter(Boolean)
    .join('\n');
}
