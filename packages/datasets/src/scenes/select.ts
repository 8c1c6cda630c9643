/**
 * Chooses among the questions of all scenes: the kinds in the wanted shares, the answers of each kind as even as the scenes allow,
 * the scenes in turn.
 */
import { LociError, permutation, type RandomStream } from '@loci/core';
import type { QuestionKindName } from '../rooms/questions/all.ts';
import type { Candidate } from './candidates.ts';
import type { SceneRecipe } from './recipe.ts';
import {
  SPATIAL_KIND_NAMES,
  SPATIAL_KINDS,
  SR_91K_COUNTS,
  type SpatialKind,
} from './spatial-kinds.ts';

/** The chosen questions. */
export interface Selection {
  readonly chosen: readonly Candidate[];
  /** The wanted and the offered number of questions of each of the six kinds. */
  readonly kinds: Readonly<
    Record<SpatialKind, { readonly wanted: number; readonly offered: number }>
  >;
  /** The kind that limited the number of questions, when the recipe names none. */
  readonly scarcest?: SpatialKind;
}

const EQUAL = Object.fromEntries(SPATIAL_KIND_NAMES.map((kind) => [kind, 1]));

/** Weights of the wanted kinds. */
function weightsOf({ shares, kinds }: SceneRecipe): ReadonlyMap<SpatialKind, number> {
  const weights = shares === 'equal' ? EQUAL : shares === 'sr-91k' ? SR_91K_COUNTS : shares;
  return new Map(
    SPATIAL_KIND_NAMES.flatMap((kind) => {
      const weight = weights[kind] ?? 0;
      const isWanted = SPATIAL_KINDS[kind].some((name) => kinds.includes(name));
      return weight > 0 && isWanted ? [[kind, weight] as const] : [];
    }),
  );
}

/** Whole parts of a total by weight, largest remainders first. */
function partsOf<Key>(total: number, weights: ReadonlyMap<Key, number>): ReadonlyMap<Key, number> {
  const sum = [...weights.values()].reduce((all, weight) => all + weight, 0);
  const exact = [...weights].map(([key, weight]) => ({ key, part: (total * weight) / sum }));
  const parts = new Map(exact.map(({ key, part }) => [key, Math.floor(part)]));
  const left = total - [...parts.values()].reduce((all, part) => all + part, 0);
  const byRemainder = [...exact].sort((a, b) => (b.part % 1) - (a.part % 1));
  for (const { key } of byRemainder.slice(0, left)) parts.set(key, parts.get(key)! + 1);
  return parts;
}

/** Takes the next item from the pile that gave the fewest so far, equals in order. */
class EvenPiles<Item> {
  readonly #piles: readonly { readonly take: () => Item | undefined; given: number }[];

  constructor(piles: readonly (() => Item | undefined)[]) {
    this.#piles = piles.map((take) => ({ take, given: 0 }));
  }

  take = (): Item | undefined => {
    for (const pile of [...this.#piles].sort((a, b) => a.given - b.given)) {
      const item = pile.take();
      if (item === undefined) {
        pile.given = Infinity;
        continue;
      }
      pile.given++;
      return item;
    }
    return undefined;
  };
}

function groupBy<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** The first question of every scene, then the second of every scene, and so on; the scenes in random order. */
function scenesInTurn(
  candidates: readonly Candidate[],
  random: RandomStream,
): readonly Candidate[] {
  const byScene = [...groupBy(candidates, ({ scene }) => scene).values()];
  const order = permutation(byScene.length, Math.floor(random() * 2 ** 32));
  const scenes = Array.from(order, (index) => byScene[index]!);
  const most = scenes.reduce((length, group) => Math.max(length, group.length), 0);
  return Array.from({ length: most }, (_, turn) =>
    scenes.flatMap((group) => group[turn] ?? []),
  ).flat();
}

/**
 * The largest set of questions of one kind in which no class of answers has more than the share `most`, or its equal part where that
 * is more. The scenes take turns here too.
 */
function withoutMonotony(
  candidates: readonly Candidate[],
  most: number,
  random: RandomStream,
): readonly Candidate[] {
  const classes = [...groupBy(candidates, ({ draft }) => draft.answerClass).values()];
  const share = Math.max(most, 1 / classes.length);
  let total = candidates.length;
  let limit = total;
  for (let before = Infinity; total < before;) {
    before = total;
    limit = Math.max(1, Math.floor(share * total + 1e-9));
    total = classes.reduce((sum, { length }) => sum + Math.min(length, limit), 0);
  }
  return classes.flatMap((ofClass) => scenesInTurn(ofClass, random).slice(0, limit));
}

/** Takes from the candidates of one of the six kinds: its parts in turn, their classes of answers in turn. */
function evenly(
  candidates: readonly Candidate[],
  random: RandomStream,
): () => Candidate | undefined {
  const kinds = [...groupBy(candidates, ({ kind }) => kind).values()].map((ofKind) => {
    const classes = [...groupBy(ofKind, ({ draft }) => draft.answerClass).values()];
    return new EvenPiles(
      classes.map((ofClass) => {
        const left = scenesInTurn(ofClass, random).values();
        return () => left.next().value as Candidate | undefined;
      }),
    ).take;
  });
  return new EvenPiles(kinds).take;
}

const spatialKindOf = new Map<QuestionKindName, SpatialKind>(
  SPATIAL_KIND_NAMES.flatMap((kind) => SPATIAL_KINDS[kind].map((name) => [name, kind] as const)),
);

/**
 * Chooses the questions. Kinds that no scene offers are dropped. A kind that runs short stays short: no other kind fills its share.
 *
 * @throws LociError `question-impossible` when the scenes offer none of the wanted kinds.
 */
export function selectBalanced(
  candidates: readonly Candidate[],
  recipe: SceneRecipe,
  random: RandomStream,
): Selection {
  const varied = [...groupBy(candidates, ({ kind }) => kind).values()].flatMap((ofKind) =>
    withoutMonotony(ofKind, recipe.mostShare, random),
  );
  const byKind = groupBy(varied, ({ kind }) => spatialKindOf.get(kind)!);
  const offered = (kind: SpatialKind): number => byKind.get(kind)?.length ?? 0;
  const weights = new Map([...weightsOf(recipe)].filter(([kind]) => offered(kind) > 0));
  if (weights.size === 0) {
    throw new LociError(
      'question-impossible',
      'The scenes offer no question of the wanted kinds: lower the margins or the bounds of "clear", or add scenes.',
    );
  }
  const fill = ([kind, weight]: readonly [SpatialKind, number]): number => offered(kind) / weight;
  const [scarcest] = [...weights].sort((a, b) => fill(a) - fill(b));
  const wanted =
    recipe.questions === undefined
      ? new Map(
          [...weights].map(([kind, weight]) => [kind, Math.floor(fill(scarcest!) * weight + 1e-9)]),
        )
      : partsOf(recipe.questions, weights);
  const chosen = [...wanted].flatMap(([kind, count]) => {
    const take = evenly(byKind.get(kind)!, random);
    return Array.from({ length: Math.min(count, offered(kind)) }, () => take()!);
  });
  const kinds = Object.fromEntries(
    SPATIAL_KIND_NAMES.map((kind) => [
      kind,
      { wanted: wanted.get(kind) ?? 0, offered: offered(kind) },
    ]),
  ) as Selection['kinds'];
  return { chosen, kinds, ...(recipe.questions === undefined ? { scarcest: scarcest![0] } : {}) };
}
