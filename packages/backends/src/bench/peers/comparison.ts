/** Reports a comparison with peers: a line for every trainer and shape, with medians over the turns and how much faster Loci is. */
import { median } from '../all-engines.ts';
import { markdownTable } from '../table.ts';
import type { PeerTimes } from './python.ts';

/** The name that Loci has among the trainers. */
export const LOCI = 'Loci';

/** A trainer's step in one turn. */
export interface Turn {
  /** Shape and kind of prompt, such as `small, text`. */
  readonly shape: string;
  readonly turn: number;
  readonly trainer: string;
  readonly times: PeerTimes;
}

/** A peer that has no times, with the reason. */
export interface MissingPeer {
  readonly shape: string;
  readonly trainer: string;
  readonly reason: string;
}

/** How a peer's step compares with Loci's of the same turn. */
export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

const PARTS = ['step', 'generation', 'reference', 'training'] as const;

/**
 * A peer's time over Loci's, turn by turn: above 1 Loci is faster. Whatever slows the machine in a turn slows both, so the ratio within a
 * turn is more reliable than that of two medians.
 *
 * @returns undefined when no turn has both.
 */
export function ratioOf(turns: readonly Turn[], shape: string, trainer: string): Ratio | undefined {
  const own = turns.filter((each) => each.shape === shape);
  const stepOf = (name: string, turn: number) =>
    own.find((each) => each.trainer === name && each.turn === turn)?.times.step;
  const ratios = [...new Set(own.map(({ turn }) => turn))].flatMap((turn) => {
    const [loci, peer] = [stepOf(LOCI, turn), stepOf(trainer, turn)];
    return loci === undefined || peer === undefined ? [] : [peer / loci];
  });
  if (ratios.length === 0) return undefined;
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

/** The comparison as a Markdown table, followed by a line for each peer that has no times. */
export function comparisonText(turns: readonly Turn[], missing: readonly MissingPeer[]): string {
  const seen = [...new Map(turns.map((turn) => [`${turn.shape}\n${turn.trainer}`, turn])).values()];
  const rows = seen.map(({ shape, trainer }) => {
    const own = turns.filter((turn) => turn.shape === shape && turn.trainer === trainer);
    const of = (part: (typeof PARTS)[number]) => {
      const values = own.flatMap(({ times }) => times[part] ?? []);
      return values.length === 0 ? '–' : median(values).toFixed(3);
    };
    const ratio = trainer === LOCI ? undefined : ratioOf(turns, shape, trainer);
    const spread = ratio && `${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)}`;
    return [shape, trainer, ...PARTS.map(of), ratio?.median.toFixed(2) ?? '', spread ?? ''];
  });
  const header = [
    'shape',
    'trainer',
    's a step',
    'generation',
    'reference',
    'gradients and update',
    'time over Loci’s',
    'range over turns',
  ];
  const lines = missing.map(
    ({ shape, trainer, reason }) => `${trainer} (${shape}) was not timed: ${reason}`,
  );
  return [markdownTable(header, rows), ...(lines.length > 0 ? ['', ...lines] : [])].join('\n');
}
