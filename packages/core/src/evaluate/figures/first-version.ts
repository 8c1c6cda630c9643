/** Reads `evaluations/before.json` and `after.json` of the first format and converts them to the current report. */
import { LociError, messageOf } from '../../errors/loci-error.ts';
import type { Figure } from './bootstrap.ts';
import type { EvaluationReport } from './evaluation-report.ts';
import type { FigureSet, Means } from './means.ts';
import type { JudgedRow } from './verdicts.ts';

interface FirstInterval extends Omit<Figure, 'value'> {
  readonly mean: number;
}

interface FirstFigures {
  readonly accuracy: FirstInterval;
  readonly measures: Readonly<Record<string, FirstInterval>>;
}

interface FirstSummary {
  readonly overall: FirstFigures;
  readonly kinds: Readonly<Record<string, FirstFigures>>;
}

interface FirstEvaluation extends FirstSummary {
  readonly seed: number;
  readonly rows: readonly JudgedRow[];
  readonly refused: readonly { readonly sampleId: string; readonly reason: string }[];
  readonly constant: {
    readonly accuracy: number;
    readonly kinds: Readonly<
      Record<string, { readonly answer: string; readonly accuracy: number }>
    >;
  };
  readonly controls: { readonly blank?: FirstSummary; readonly swapped?: FirstSummary };
}

/** An evaluation read from such a file. */
export interface FirstVersionEvaluation {
  readonly seed: number;
  readonly report: EvaluationReport;
  /** With the stored verdicts, which comparisons need. */
  readonly rows: readonly JudgedRow[];
}

/**
 * Parses the text of such a file.
 *
 * @param path For the error message.
 * @throws LociError `evaluation-unreadable`.
 */
export function parseFirstVersion(text: string, path: string): FirstVersionEvaluation {
  try {
    const reviver = (_: string, value: unknown): unknown => value ?? NaN;
    return converted(JSON.parse(text, reviver) as FirstEvaluation);
  } catch (cause) {
    throw new LociError('evaluation-unreadable', `${path} is damaged: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function converted(first: FirstEvaluation): FirstVersionEvaluation {
  const { seed, rows, refused, constant, controls } = first;
  const under = (summary: FirstSummary) => ({ means: meansOf(summary), scorers: [] });
  return {
    seed,
    rows,
    report: {
      items: rows.length + refused.length,
      samples: 1,
      conditions: {
        'as-filmed': under(first),
        ...(controls.blank && { blank: under(controls.blank) }),
        ...(controls.swapped && { swapped: under(controls.swapped) }),
      },
      constant: {
        score: constant.accuracy,
        tasks: mapValues(constant.kinds, ({ answer, accuracy }) => ({ answer, score: accuracy })),
      },
      notAsked: refused.map(({ sampleId: id, reason }) => ({ condition: 'as-filmed', id, reason })),
      failed: [],
      cutOff: 0,
      shown: { sizes: [] },
    },
  };
}

function meansOf({ overall, kinds }: FirstSummary): Means {
  return { overall: figuresOf(overall), tasks: mapValues(kinds, figuresOf) };
}

function figuresOf({ accuracy, measures }: FirstFigures): FigureSet {
  return { score: figureOf(accuracy), measures: mapValues(measures, figureOf) };
}

function figureOf({ mean, ...interval }: FirstInterval): Figure {
  return { value: mean, ...interval };
}

function mapValues<In, Out>(
  record: Readonly<Record<string, In>>,
  change: (value: In) => Out,
): Readonly<Record<string, Out>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
