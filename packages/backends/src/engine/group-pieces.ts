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
 * Deals completions out to pieces of one size, longest first and back and forth, so that pieces have about as many tokens: lanes that
 * run them wait for the longest.
 *
 * @returns for each piece the places of its completions, in ascending order.
 */
export function dealCompletions(
  completions: readonly Int32Array[],
  pieces: number,
): readonly (readonly number[])[] {
  const longestFirst = [...completions.keys()].sort(
    (a, b) => completions[b]!.length - completions[a]!.length || a - b,
  );
  const dealt = Array.from({ length: pieces }, (): number[] => []);
  longestFirst.forEach((place, rank) => {
    const at = rank % pieces;
    const isBack = Math.floor(rank / pieces) % 2 === 1;
    dealt[isBack ? pieces - 1 - at : at]!.push(place);
  });
  return dealt.map((own) => own.sort((a, b) => a - b)).filter(({ length }) => length > 0);
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
  const cuts = groups.map((group) =>
    dealCompletions(group.completions, isWorthCutting(group) ? wanted : 1),
  );
  if (cuts.every(({ length }) => length <= 1)) return { pieces: groups, join: (own) => own };
  const owners = cuts.flatMap((own, group) => own.map((places) => ({ group, places })));
  const pieces = owners.map(({ group: index, places }) => {
    const group = groups[index]!;
    const { targets } = group;
    return {
      ...group,
      completions: places.map((place) => group.completions[place]!),
      ...(targets && { targets: places.map((place) => targets[place]!) }),
    };
  });
  const joined = <Values>(values: readonly (readonly Values[])[]): Values[][] => {
    const whole = groups.map(({ completions }) => new Array<Values>(completions.length));
    owners.forEach(({ group, places }, piece) => {
      places.forEach((place, index) => (whole[group]![place] = values[piece]![index]!));
    });
    return whole;
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
