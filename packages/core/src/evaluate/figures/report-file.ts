/** `report.json` of an evaluation: its record and its figures. */
import { LociError, messageOf } from '../../errors/loci-error.ts';
import { FORMAT_VERSIONS, readVersion } from '../../files/format-version.ts';
import type { BenchmarkFacts, EvaluationCondition } from '../../spec/index.ts';
import type { EvaluationRecord } from '../store/evaluation-record.ts';
import type { ConditionReport, EvaluationReport } from './evaluation-report.ts';
import { meansOf } from './means.ts';
import type { MeanDifferences } from './means.ts';
import type { ScorerResult } from './score-table.ts';

/** The rows of a folder that its report covers; an earlier command may have evaluated more. */
export interface AskedPart {
  readonly conditions: readonly EvaluationCondition[];
  readonly items: readonly string[];
}

/** The content of the file. */
export interface StoredReport {
  readonly record: EvaluationRecord;
  readonly facts: BenchmarkFacts;
  readonly report: EvaluationReport;
  /** In a training run: against the evaluation before it, on the same items. */
  readonly comparison?: MeanDifferences;
  /** Absent: all rows of the folder. */
  readonly asked?: AskedPart;
}

/** The text of the file. */
export function reportText(stored: StoredReport): string {
  return `${JSON.stringify({ version: FORMAT_VERSIONS['evaluation.json'], ...stored }, null, 2)}\n`;
}

/**
 * Parses the text of a file of this version or version 1. JSON writes NaN, the figure of no items, as null.
 *
 * @param path For the error message.
 * @throws LociError `evaluation-unreadable` when it is not JSON, `format-newer` when a later release wrote it.
 */
export function parseReport(text: string, path: string): StoredReport {
  let stored: StoredReport & { readonly version?: unknown };
  try {
    stored = JSON.parse(text, (_, value: unknown) => value ?? NaN) as typeof stored;
  } catch (cause) {
    throw new LociError('evaluation-unreadable', `${path} is damaged: ${messageOf(cause)}`, {
      cause,
    });
  }
  const version = readVersion(stored.version, 'evaluation.json', path);
  return version === 1 ? fromFirstVersion(stored as unknown as FirstReport) : stored;
}

/** Version 1 named the record `plan` and the conditions `passes`, and had neither means nor a constant control. */
interface FirstReport extends Omit<StoredReport, 'record' | 'report' | 'asked'> {
  readonly plan: EvaluationRecord;
  readonly report: Omit<EvaluationReport, 'conditions'> & {
    readonly passes: Readonly<Partial<Record<EvaluationCondition, readonly ScorerResult[]>>>;
  };
  readonly asked?: { readonly passes: AskedPart['conditions']; readonly items: AskedPart['items'] };
}

function fromFirstVersion({ plan, report, asked, ...rest }: FirstReport): StoredReport {
  const { passes, ...others } = report;
  const conditions = Object.entries(passes).map(
    ([condition, scorers]): [string, ConditionReport] => [
      condition,
      { means: meansOf([], 0), scorers },
    ],
  );
  return {
    ...rest,
    record: { ...plan, version: 1, samples: 1 },
    report: {
      ...others,
      samples: 1,
      constant: { score: NaN, tasks: {} },
      conditions: Object.fromEntries(conditions),
    },
    ...(asked && { asked: { conditions: asked.passes, items: asked.items } }),
  };
}
