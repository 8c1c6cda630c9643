/** Assigns figures to charts, the most important charts first. */

/** A chart of one figure, or of all figures that match a pattern; the first group of the pattern then names the line. */
export interface ChartPlan {
  readonly title: string;
  readonly metrics: readonly (string | RegExp)[];
  readonly note?: string;
  /** Leaves out lines that are 0 throughout. */
  readonly hidesZeros?: true;
}

const PLANS: readonly ChartPlan[] = [
  {
    title: 'Reward',
    metrics: ['reward/total'],
    note: 'weighted sum, mean over the completions of a step',
  },
  {
    title: 'What each reward adds',
    metrics: [/^weighted\/(.+)$/u],
    note: 'after clip, gate and weight',
  },
  { title: 'What each reward gives', metrics: [/^reward\/(?!(?:total|std)$)([^/]+)$/u] },
  { title: 'Open gates', metrics: [/^gate\/(.+)$/u], note: 'share of completions' },
  { title: 'Weights that move', metrics: [/^weight\/(.+)$/u] },
  {
    title: 'What each reward adds to the advantages',
    metrics: [/^advantage\/(.+)$/u],
    note: 'mean size',
  },
  { title: 'Evaluation', metrics: [/^evaluation\/(accuracy|score|answers|map|format|hit1)$/u] },
  { title: 'Evaluation by kind', metrics: [/^evaluation\/(?:kind|task)\/(.+)$/u] },
  { title: 'Benchmarks', metrics: [/^benchmark\/(.+)$/u] },
  { title: 'KL to the start model', metrics: ['policy/kl'], note: 'nats a token' },
  { title: 'Length of completions', metrics: ['completion/tokens'], note: 'tokens' },
  { title: 'Spread of the rewards', metrics: ['reward/std'] },
  { title: 'Entropy', metrics: ['policy/entropy'], note: 'nats a token' },
  {
    title: 'Sampler against trainer',
    metrics: ['gap/mean', 'gap/max'],
    note: 'difference of log-probabilities',
  },
  {
    title: 'Groups that teach nothing',
    metrics: [/^groups\/zero-variance\/(.+)$/u],
    note: 'share, by reason',
    hidesZeros: true,
  },
  { title: 'Groups that lost a reward', metrics: ['groups/failed'], hidesZeros: true },
  { title: 'Loss', metrics: ['loss/total'] },
  { title: 'Gradient norm', metrics: ['update/grad-norm'] },
  { title: 'Learning rate', metrics: ['update/learning-rate'] },
  { title: 'Speed', metrics: ['speed/tokens-per-second'], note: 'tokens a second of sampling' },
  {
    title: 'Seconds of a step, by phase',
    metrics: [/^seconds\/(sample|score|reference|gradient|update|data-wait)$/u],
  },
  { title: 'Parts of the rewards', metrics: [/^reward\/([^/]+\/.+)$/u] },
];

/** A chart with its figures. */
export interface PlannedChart {
  readonly title: string;
  readonly note: string;
  readonly lines: readonly { readonly metric: string; readonly label: string }[];
}

/**
 * The charts with at least one figure.
 *
 * @param isZero Whether a figure is 0 throughout.
 */
export function chartsFor(
  names: readonly string[],
  isZero: (name: string) => boolean,
): readonly PlannedChart[] {
  const sorted = names.toSorted();
  const planned = PLANS.map(({ title, note = '', metrics, hidesZeros }) => ({
    title,
    note,
    lines: metrics
      .flatMap((metric) =>
        sorted.flatMap((name) => {
          const label =
            typeof metric === 'string'
              ? name === metric
                ? name
                : undefined
              : metric.exec(name)?.[1];
          return label === undefined ? [] : [{ metric: name, label }];
        }),
      )
      .filter(({ metric }) => hidesZeros === undefined || !isZero(metric)),
  }));
  const used = new Set(planned.flatMap(({ lines }) => lines.map(({ metric }) => metric)));
  const others = sorted
    .filter((name) => !used.has(name) && !HIDDEN.test(name))
    .map((name) => ({ title: name, note: '', lines: [{ metric: name, label: name }] }));
  return [...planned.filter(({ lines }) => lines.length > 0), ...others];
}

/** Figures without a chart of their own: other charts show them, or they are 0 in every healthy run. */
const HIDDEN =
  /^(?:groups\/zero-variance|evaluation\/|seconds\/|prompts\/refused$|completion\/truncated$|benchmark|alert\/|groups\/failed$)/u;
