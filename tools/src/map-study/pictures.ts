/** What the picture of a set of scenes shows. */
import { panelsSvg, type Line, type Panel } from './plot.ts';
import { calibrated, reference, SCORERS, type Scorer } from './scorers.ts';
import { average, quantile, withinScenes } from './statistics.ts';
import {
  CENTRE,
  compared,
  DISPLACEMENTS,
  displacedVariants,
  RANDOM,
  type Study,
  type Variant,
} from './study.ts';

/** After Okabe and Ito: they stay apart for the color-blind. */
const SCORER_COLORS = ['#d55e00', '#0072b2', '#56b4e9', '#009e73'] as const;
const BLIND: readonly {
  readonly name: string;
  readonly color: string;
  readonly variant: Variant;
}[] = [
  { name: 'random map', color: '#666666', variant: RANDOM },
  { name: 'centre map', color: '#cc79a7', variant: CENTRE },
];

/**
 * Two panels of mean scores (band: 80 % of the maps) against displacement with the levels of blind guesses, and one of the
 * probability that the displaced map scores above a random one of the same scene.
 */
export function picture(title: string, study: Study): string {
  return panelsSvg(title, [
    scorePanel('reference score', reference, study),
    scorePanel('calibrated score, before it is cut off at 0', calibrated, study),
    aucPanel(study),
  ]);
}

const colorOf = (scorer: Scorer): string => SCORER_COLORS[SCORERS.indexOf(scorer)]!;

function scorePanel(title: string, scorer: Scorer, study: Study): Panel {
  const scores = [0, ...DISPLACEMENTS].map((cells) =>
    study(displacedVariants(cells)[0], scorer).flat(),
  );
  const levels = BLIND.map(({ name, color, variant }): Line => {
    const mean = average(study(variant, scorer).flat());
    return { name, color, dashed: true, values: scores.map(() => mean) };
  });
  const displaced: Line = {
    name: 'displaced map',
    color: colorOf(scorer),
    values: scores.map(average),
    band: {
      low: scores.map((values) => quantile(values, 0.1)),
      high: scores.map((values) => quantile(values, 0.9)),
    },
  };
  return { title, from: 0, least: -0.6, lines: [displaced, ...levels] };
}

function aucPanel(study: Study): Panel {
  const lines = SCORERS.flatMap((scorer) =>
    ([0, 1] as const).map((miscounted): Line => ({
      name: miscounted === 0 ? scorer.name : `${scorer.name}, one ±`,
      color: colorOf(scorer),
      dashed: miscounted === 1,
      unlisted: miscounted === 1,
      values: DISPLACEMENTS.map((cells) => {
        const better = displacedVariants(cells)[miscounted];
        return withinScenes(compared(study, { better, worse: RANDOM }, scorer)).mean;
      }),
    })),
  );
  return { title: 'P(displaced above random); dashed: one ±', from: 1, least: 0, lines };
}
