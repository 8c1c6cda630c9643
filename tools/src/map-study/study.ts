/** The measurements of the study: mean scores of maps of a known quality, and how well scores separate good maps from bad ones. */
import { deriveSeed, randomStream, type CognitiveMap } from '@loci/core';
import {
  allAt,
  displaced,
  dropOne,
  inventCategory,
  inventOne,
  knownOnly,
  knownShare,
  mapCells,
  miscount,
  oneDisplaced,
  oneEach,
  otherCounts,
  otherPlaces,
  randomCells,
  shuffledLabels,
  sprayed,
  then,
  GRID,
  type Imagine,
} from './perturb.ts';
import type { StudyScene } from './scenes.ts';
import type { Scorer } from './scorers.ts';
import type { SceneScores } from './statistics.ts';

/** A kind of imagined map. */
export interface Variant {
  readonly name: string;
  readonly imagine: Imagine;
}

/** Two kinds of maps of which the first should score above the second. */
export interface Comparison {
  readonly better: Variant;
  readonly worse: Variant;
}

const turned: Imagine = (truth) => mapCells(truth, ([x, y]) => [GRID - 1 - y, x]);
const mirrored: Imagine = (truth) => mapCells(truth, ([x, y]) => [GRID - 1 - x, y]);

/** Cells that objects are displaced by. */
export const DISPLACEMENTS = [1, 2, 3, 4, 5, 6] as const;

const named = (name: string, imagine: Imagine): Variant => ({ name, imagine });

/** Everything in the cell right of and above the center, which favors the guess. */
export const CENTRE = named('all at the centre, right counts', allAt([5, 5]));

/** Random cells. */
export const RANDOM = named('random cells, right counts', randomCells);

/** Random cells, the counts guessed. */
export const RANDOM_COUNTS = named('random cells, other counts', otherCounts);

/** The kinds of maps whose mean scores are listed. */
export const VARIANTS: readonly Variant[] = [
  named('the true map', (truth) => truth),
  CENTRE,
  named('all at the centre, one a category', then(oneEach, allAt([5, 5]))),
  RANDOM,
  RANDOM_COUNTS,
  named('other scenes’ places, right counts', otherPlaces),
  named('a 3×3 spray in every category', sprayed(3)),
  named('exact, one a category', oneEach),
  named('exact, one object dropped', dropOne),
  named('exact, one object invented', inventOne),
  named('exact, one of a foreign category', inventCategory),
  named('one object displaced by 3', oneDisplaced(3)),
  ...DISPLACEMENTS.map((cells) => named(`all displaced by ${cells}`, displaced(cells))),
  ...[0.75, 0.5].flatMap((share) => [
    named(`${share * 100} % known, the rest guessed`, knownShare(share)),
    named(`${share * 100} % known, the rest left out`, knownOnly(share)),
  ]),
  named('exact places, labels dealt anew', shuffledLabels),
  named('turned by 90°', turned),
  named('turned by 180°', then(turned, turned)),
  named('mirrored', mirrored),
  named('an empty map', () => ({})),
];

/** All displaced, with right counts, and with one object dropped or invented. */
export function displacedVariants(cells: number): readonly [right: Variant, miscounted: Variant] {
  return [
    named(`displaced by ${cells}`, displaced(cells)),
    named(`displaced by ${cells}, one ±`, then(displaced(cells), miscount)),
  ];
}

const known = (share: number): Variant =>
  named(`${share * 100} % known, one ±`, then(knownShare(share), miscount));

/** The pairs of kinds that a score should separate. */
export const COMPARISONS: readonly Comparison[] = [
  ...[1, 2, 3].flatMap((cells) =>
    displacedVariants(cells).flatMap((better) =>
      [RANDOM, RANDOM_COUNTS, CENTRE].map((worse) => ({ better, worse })),
    ),
  ),
  ...[1, 0.75, 0.5, 0.25].map((share) => ({ better: known(share), worse: known(share - 0.25) })),
];

/** Maps drawn of each kind and scene. */
export interface Draws {
  readonly seed: number;
  readonly maps: number;
}

/** The scores of maps of one kind: by scene, then by map. */
export type Scores = readonly (readonly number[])[];

/** The scores of the maps of a kind; every scorer sees the same maps, and asking again costs nothing. */
export type Study = (variant: Variant, scorer: Scorer) => Scores;

/** Draws maps and scores them as they are asked for. A kind's maps depend on the seed, its name and the scenes. */
export function studyOf(scenes: readonly StudyScene[], { seed, maps: count }: Draws): Study {
  const truths = scenes.map(({ map }) => map);
  const maps = new Map<string, readonly (readonly CognitiveMap[])[]>();
  const scores = new Map<string, Scores>();
  return ({ name, imagine }, scorer) => {
    const key = `${scorer.name}: ${name}`;
    const random = randomStream(deriveSeed(seed, 'map-study', name));
    const imagined =
      maps.get(name) ??
      truths.map((truth) =>
        Array.from({ length: count }, () => imagine(truth, { random, maps: truths })),
      );
    maps.set(name, imagined);
    const known =
      scores.get(key) ??
      imagined.map((ofScene, index) => ofScene.map((one) => scorer.score(one, scenes[index]!)));
    scores.set(key, known);
    return known;
  };
}

/** The scores that a comparison is about, scene by scene. */
export function compared(
  study: Study,
  { better, worse }: Comparison,
  scorer: Scorer,
): readonly SceneScores[] {
  const low = study(worse, scorer);
  return study(better, scorer).map((high, index) => ({ high, low: low[index]! }));
}
