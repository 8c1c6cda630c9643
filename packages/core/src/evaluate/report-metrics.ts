import type { EvaluationReport } from './report.ts';

/** The figures of a report for the metric sinks: `evaluation/accuracy`, `evaluation/<measure>`, `evaluation/kind/<kind>`. */
export function reportMetrics({
  overall,
  kinds,
}: EvaluationReport): Readonly<Record<string, number>> {
  return {
    'evaluation/accuracy': overall.accuracy.mean,
    ...Object.fromEntries(
      Object.entries(overall.measures).map(([name, { mean }]) => [`evaluation/${name}`, mean]),
    ),
    ...Object.fromEntries(
      Object.entries(kinds).map(([kind, { accuracy }]) => [
        `evaluation/kind/${kind}`,
        accuracy.mean,
      ]),
    ),
  };
}
