/** Scores the map in one completion by the options of the map reward. */
import {
  CALIBRATED_CREDIT,
  calibratedMapScore,
  clipToGrid,
  countInstances,
  countPlaced,
  extractMapText,
  inverseSymmetry,
  mapAccuracy,
  mapEntries,
  mapTooLarge,
  messageOf,
  moveMap,
  parseCognitiveMap,
  placesCredit,
  placesMapScore,
  readSceneMap,
  scoreMap,
  scoreSceneMap,
  symmetriesOfQuestion,
} from '@loci/core';
import type {
  CalibratedMapOptions,
  CalibratedMapScore,
  CognitiveMap,
  CreditRule,
  RewardOutcome,
  Sample,
  SceneMap,
  SpanCredit,
} from '@loci/core';
import { misreadForm } from './map-form.ts';
import type { MapOptions } from './map-options.ts';

/** The outcome of one completion. @param stake Penalty of a map that scores 0. */
export function scoreMapText(
  text: string,
  sample: Sample,
  settings: MapOptions,
  stake: number,
): RewardOutcome {
  return settings.compat === 'spacer'
    ? scoreAsInSpacer(text, sample.map, settings, stake)
    : scoreCorrectly(text, sample, settings, stake);
}

function scoreCorrectly(
  text: string,
  sample: Sample,
  settings: MapOptions,
  stake: number,
): RewardOutcome {
  const { map: truth, sceneMap } = sample;
  if (sceneMap !== undefined) return scoreSceneMapText(text, sceneMap, settings, stake);
  if (truth === undefined || countInstances(truth) === 0) {
    return { status: 'abstained', reason: 'the sample has no true map' };
  }
  checkTruth(truth);
  const drawn = extractMapText(text);
  if (drawn === undefined) return { status: 'scored', value: 0, reason: 'no map' };
  if (drawn === '') return { status: 'scored', value: 0, reason: 'empty map' };
  const { scoring, surplusWeight = 0, clip } = settings;
  // Only the number of points outside the true categories matters.
  const isReference = scoring === 'reference';
  const keepUnlisted = (!isReference || surplusWeight > 0) && 'together';
  const read = parseCognitiveMap(drawn, Object.keys(truth), { keepUnlisted });
  const excess = mapTooLarge(read, 'the map');
  if (excess !== undefined) return { status: 'scored', value: 0, reason: excess };
  const imagined = clip ? clipToGrid(read) : read;
  const outcome = isReference
    ? worth(scoreMap(imagined, truth, { surplusWeight }), stake, settings, {
        ...mapAccuracy(imagined, truth),
      })
    : correctForChance({ text, imagined, truth, sample }, settings, stake);
  const form = countInstances(read) === 0 ? misreadForm(drawn) : undefined;
  return form === undefined || outcome.status !== 'scored' ? outcome : { ...outcome, reason: form };
}

/** Scores a map in another form. Of SpaceR's options, only `when`, `penalty` and `power` apply. */
function scoreSceneMapText(
  text: string,
  truth: SceneMap,
  settings: MapOptions,
  stake: number,
): RewardOutcome {
  if (settings.scoring !== 'reference') {
    const reason = `scoring: ${settings.scoring} reads maps in SpaceR's form, and this one is ${truth.format}`;
    return { status: 'abstained', reason };
  }
  if (countPlaced(truth) === 0) {
    return { status: 'abstained', reason: 'the sample has no true map' };
  }
  const imagined = readSceneMap(text, truth.format);
  if ('fault' in imagined) return { status: 'scored', value: 0, reason: imagined.fault };
  const { score, parts } = scoreSceneMap(imagined, truth)!;
  return worth(score, stake, settings, parts);
}

type ScoredMap = Extract<CalibratedMapScore, { readonly status: 'scored' }>;

/** A map as it was read. */
interface ReadMap {
  /** The whole turn. */
  readonly text: string;
  readonly imagined: CognitiveMap;
  readonly truth: CognitiveMap;
  readonly sample: Sample;
}

/** The corrected score, at least 0, so that drawing a map never costs. The parts describe the map in its best alignment with the true one. */
function correctForChance(
  { text, imagined, truth, sample }: ReadMap,
  settings: MapOptions,
  stake: number,
): RewardOutcome {
  const { scoring, symmetries = 'question', reach, inventedCost = 1 } = settings;
  const options: CalibratedMapOptions = {
    symmetries: symmetries === 'question' ? symmetriesOfQuestion(sample) : symmetries,
    ...(reach !== undefined && { reach }),
  };
  const [scored, rule] =
    scoring === 'places'
      ? [placesMapScore(imagined, truth, { ...options, inventedCost }), placesCredit(inventedCost)]
      : [calibratedMapScore(imagined, truth, options), CALIBRATED_CREDIT];
  if (scored.status === 'abstained') return scored;
  const { score, credit, chance, invented, missing, symmetry } = scored;
  const outcome = worth(score, stake, settings, {
    credit,
    chance,
    invented,
    missing,
    quarterTurns: symmetry.quarterTurns,
    mirrored: Number(symmetry.mirrored),
    ...mapAccuracy(imagined, moveMap(truth, inverseSymmetry(symmetry))),
  });
  return settings.credits ? { ...outcome, credits: creditEntries(text, scored, rule) } : outcome;
}

/**
 * What each category earned by itself, at the place where it is written, and what a map without it earns there. So an object that is drawn is
 * compared with leaving it out, and one that is not in the room costs.
 */
function creditEntries(
  text: string,
  { categories, chance }: ScoredMap,
  rule: CreditRule,
): readonly SpanCredit[] {
  const known = new Map(categories.map((one) => [one.category, one]));
  return mapEntries(text, trueCategories(categories)).map(({ category, start, end, points }) => {
    const one = known.get(category) ?? { category, credit: 0, imagined: points, true: 0 };
    const without = { ...one, credit: 0, imagined: 0 };
    return {
      key: category,
      start,
      end,
      value: rule.ofCategory(one, chance),
      absent: rule.ofCategory(without, chance),
    };
  });
}

function trueCategories(categories: ScoredMap['categories']): readonly string[] {
  return categories.filter((one) => one.true > 0).map(({ category }) => category);
}

/** SpaceR's rule: any two map tags in any order count as a map, and a map on which the reference fails counts like a score of 0. */
function scoreAsInSpacer(
  text: string,
  truth: CognitiveMap | undefined,
  settings: MapOptions,
  stake: number,
): RewardOutcome {
  if (!text.includes('<map>') || !text.includes('</map>')) {
    return { status: 'scored', value: 0, reason: 'no map' };
  }
  if (truth === undefined) {
    return { status: 'scored', value: 0 - stake, reason: 'the sample has no true map' };
  }
  checkTruth(truth);
  const { compat } = settings;
  try {
    const imagined = parseCognitiveMap(extractMapText(text) ?? '', Object.keys(truth), { compat });
    const excess = mapTooLarge(imagined, 'the map');
    if (excess !== undefined) return { status: 'scored', value: 0 - stake, reason: excess };
    return worth(scoreMap(imagined, truth, { compat }), stake, settings, {});
  } catch (error) {
    return { status: 'scored', value: 0 - stake, reason: messageOf(error) };
  }
}

/** @throws RangeError for a true map that is too large, which is a fault of the sample. */
function checkTruth(truth: CognitiveMap): void {
  const excess = mapTooLarge(truth, "the sample's true map");
  if (excess !== undefined) throw new RangeError(excess);
}

function worth(
  score: number,
  stake: number,
  { power, scoring }: MapOptions,
  details: Readonly<Record<string, number>>,
): Extract<RewardOutcome, { status: 'scored' }> {
  const parts = { score, ...details };
  if (score > 0) return { status: 'scored', value: score ** power, parts };
  const reason =
    scoring === 'reference' ? 'no point of the map fits' : 'no better than a blind guess';
  return { status: 'scored', value: 0 - stake, parts, reason };
}
