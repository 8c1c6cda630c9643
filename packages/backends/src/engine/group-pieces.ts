/** Splits groups into pieces with fewer completions each, so that lanes can share a batch of few groups. */
import type { PolicyGroup, TokenFigures, TokenTargets } from '@loci/core';

/** A group and, in training, the targets of its completions. */
type Cuttable = PolicyGroup & { readonly targets?: readonly TokenTargets[] };

/** A split of groups. */
export interface GroupPieces<Group> {
  readonly pieces: readonly Group[];
  /** Joins the figures of the pieces into figures of the groups. */
  join<Figures extends TokenFigures>(figures: Figures): Figures;
}

/** The least ratio of completion rows to prompt rows at which reading a prompt twice pays off. */
const WORTH = 2;

/** Whether the prompt of a group is short beside its completions. */
function isWorthCutting({ prompt, completions }: PolicyGroup): boolean {
  const rows = completions.reduce((sum, { length }) => sum + length, 0);
  return completions.length > 1 && rows >= WORTH * prompt.tokenIds.length;
}

/**
 * Splits every group whose completions outweigh its prompt into as many pieces as it takes to have `least` in all. Groups stay whole
 * without need. The batch alone decides.
 */
export function cutGroups<Group extends Cuttable>(
  groups: readonly Group[],
  least: number,
): GroupPieces<Group> {
  const wanted = Math.ceil(least / Math.max(1, groups.length));
  const cuts = groups.map((group) => {
    const { length } = group.completions;
    const size = isWorthCutting(group) ? Math.ceil(length / wanted) : Math.max(1, length);
    const count = Math.max(1, Math.ceil(length / size));
    return Array.from({ length: count }, (_, piece) => [piece * size, (piece + 1) * size] as const);
  });
  if (cuts.every(({ length }) => length === 1)) return { pieces: groups, join: (own) => own };
  const pieces = groups.flatMap((group, index) =>
    cuts[index]!.map(([from, to]) => ({
      ...group,
      completions: group.completions.slice(from, to),
      ...(group.targets && { targets: group.targets.slice(from, to) }),
    })),
  );
  const joined = <Values>(values: readonly (readonly Values[])[]): Values[][] => {
    let piece = 0;
    return cuts.map((own) => own.flatMap(() => values[piece++]!));
  };
  return {
    pieces,
    join: (figures) => ({
      ...figures,
      logProbs: joined(figures.logProbs),
      ...(figures.entropies && { entropies: joined(figures.entropies) }),
    }),
  };
}
