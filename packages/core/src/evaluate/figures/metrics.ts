/** The figures of evaluations for the metric sinks. */
import type { EvaluationReport } from './evaluation-report.ts';

/** Of the run's own benchmark: `evaluation/accuracy`, `evaluation/<measure>`, `evaluation/kind/<task>`, `evaluation/pass@4`. */
export function evaluationMetrics({
  conditions,
}: EvaluationReport): Readonly<Record<string, number>> {
  const filmed = conditions['as-filmed'];
  if (filmed === undefined) return {};
  const { overall, tasks } = filmed.means;
  return {
    'evaluation/accuracy': overall.score.value,
    ...Object.fromEntries(
      Object.entries(overall.measures).map(([name, { value }]) => [`evaluation/${name}`, value]),
    ),
    ...Object.fromEntries(
      Object.entries(tasks).map(([task, { score }]) => [`evaluation/kind/${task}`, score.value]),
    ),
    ...Object.fromEntries(
      Object.entries(filmed.estimates ?? {}).flatMap(([name, [first]]) =>
        first === undefined ? [] : [[`evaluation/${name}`, first.headline.value]],
      ),
    ),
  };
}

/** Headlines of all scorers, and the first scorer's sections, for the metric sinks: `benchmark/vsi-bench/official`, … */
export function benchmarkMetrics(
  name: string,
  { conditions }: EvaluationReport,
): Readonly<Record<string, number>> {
  const results = conditions['as-filmed']?.scorers ?? [];
  const [first] = results;
  return {
    ...Object.fromEntries(
      results.map(({ scorer, headline }) => [`benchmark/${name}/${scorer}`, headline.value]),
    ),
    ...Object.fromEntries(
      Object.entries(first?.sections ?? {}).flatMap(([by, section]) =>
        Object.entries(section).map(([key, { value }]) => [
          `benchmark-${by}/${name}/${key}`,
          value,
        ]),
      ),
    ),
  };
}
