/** Computes the figures of a step from its recorded rollouts, with the names that Loci's own training loop uses. */
import type { RecordedLine } from './recorded-line.ts';

/**
 * Means over the completions of groups in which no reward failed: `reward/total`, `reward/std`, `reward/<name>` with its parts,
 * `weighted/<name>`; counts and shares of groups; lengths.
 */
export function rolloutFigures(lines: readonly RecordedLine[]): Readonly<Record<string, number>> {
  if (lines.length === 0) return {};
  const groups = new Map<string, RecordedLine[]>();
  for (const line of lines) groups.set(line.group, [...(groups.get(line.group) ?? []), line]);
  const failed = [...groups.values()].filter(isFailed);
  const scored = [...groups.values()].filter((group) => !isFailed(group));
  const kept = scored.flat();
  const totals = kept.flatMap(({ reward }) => (reward === null ? [] : [reward]));
  const figures: Record<string, number> = {
    'groups/failed': failed.length,
    'groups/zero-variance': scored.filter(isFlat).length / groups.size,
    'completion/tokens': mean(lines.map(({ tokens }) => tokens)),
    'completion/truncated': mean(
      lines.map(({ finishReason }) => (finishReason === 'length' ? 1 : 0)),
    ),
  };
  if (totals.length === 0) return figures;
  const total = mean(totals);
  figures['reward/total'] = total;
  figures['reward/std'] = Math.sqrt(mean(totals.map((one) => (one - total) ** 2)));
  for (const name of new Set(kept.flatMap(({ outcomes }) => Object.keys(outcomes)))) {
    const outcomesOfName = kept.flatMap(({ outcomes }) => outcomes[name] ?? []);
    const values = outcomesOfName.flatMap((one) => (one.status === 'scored' ? [one] : []));
    if (values.length === 0) continue;
    figures[`reward/${name}`] = mean(values.map(({ value }) => value));
    figures[`weighted/${name}`] = mean(
      kept.map(({ contributions }) => {
        const { value = null, weight = 0 } = contributions?.[name] ?? {};
        return value === null ? 0 : value * weight;
      }),
    );
    for (const part of new Set(values.flatMap(({ parts }) => Object.keys(parts ?? {})))) {
      figures[`reward/${name}/${part}`] = mean(values.flatMap(({ parts }) => parts?.[part] ?? []));
    }
  }
  return figures;
}

/** Whether a reward failed in a group, which therefore has no score. */
function isFailed(group: readonly RecordedLine[]): boolean {
  return group.some(({ outcomes }) =>
    Object.values(outcomes).some(({ status }) => status === 'failed'),
  );
}

function isFlat(group: readonly RecordedLine[]): boolean {
  const [first] = group;
  return group.every(({ reward }) => reward === first!.reward);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
