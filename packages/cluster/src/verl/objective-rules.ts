/** Rules of verl for objective, advantage and schedule. Formulas were compared with its `core_algos.py` at v0.9.0. */
import { AUTO_NOTE, always, byLoci, differs, inert, mapped, refused } from '../mapping/rules.ts';
import type { Decision, RuleBook, RuleContext } from '../mapping/rules.ts';
import type { VerlOptions } from './options.ts';

type Context = RuleContext<VerlOptions>;

const ACTOR = 'actor_rollout_ref.actor';
/** `clip_ratio_c` cannot be switched off; no ratio comes near this value. */
const NO_DUAL_CLIP = 1e9;

/** Loss mode of verl and its aggregation, by objective. */
const OBJECTIVES: Readonly<
  Record<string, { readonly mode: string; readonly aggregation?: string }>
> = {
  grpo: { mode: 'vanilla' },
  'dr-grpo': { mode: 'vanilla', aggregation: 'seq-mean-token-sum-norm' },
  bnpo: { mode: 'vanilla', aggregation: 'token-mean' },
  dapo: { mode: 'vanilla', aggregation: 'token-mean' },
  gspo: { mode: 'gspo', aggregation: 'seq-mean-token-mean' },
  cispo: { mode: 'cispo', aggregation: 'token-mean' },
  sapo: { mode: 'sapo', aggregation: 'seq-mean-token-mean' },
};

const GRPO_AGGREGATIONS: Readonly<Record<string, string>> = {
  completion: 'seq-mean-token-mean',
  token: 'token-mean',
  constant: 'seq-mean-token-sum-norm',
};

function aggregationOf({ config }: Context): string | undefined {
  const { use, aggregation } = config.objective;
  return use === 'grpo' ? GRPO_AGGREGATIONS[String(aggregation)] : OBJECTIVES[use]?.aggregation;
}

function isInLoss({ config }: Context): boolean {
  return config.objective['klIn'] !== 'reward';
}

/** Rules of `objective.*`. */
export const OBJECTIVE_RULES: RuleBook<VerlOptions> = {
  'objective.use': (use: string, context) => {
    const known = OBJECTIVES[use];
    if (known === undefined) {
      return refused(`of Loci's objectives, verl has ${Object.keys(OBJECTIVES).join(', ')}`);
    }
    const mode = isSequenceRatio(context) ? 'gspo' : known.mode;
    return mapped({
      [`${ACTOR}.policy_loss.loss_mode`]: mode,
      [`${ACTOR}.loss_agg_mode`]: aggregationOf(context) ?? 'seq-mean-token-mean',
    });
  },
  'objective.imitate': always(refused('Loci lets verl train on rollouts only')),
  'objective.klWeight': (weight: number, context) => {
    if (weight === 0) {
      return mapped({ [`${ACTOR}.use_kl_loss`]: false, 'algorithm.use_kl_in_reward': false });
    }
    return isInLoss(context)
      ? mapped({
          [`${ACTOR}.use_kl_loss`]: true,
          [`${ACTOR}.kl_loss_coef`]: weight,
          'algorithm.use_kl_in_reward': false,
        })
      : mapped({
          [`${ACTOR}.use_kl_loss`]: false,
          'algorithm.use_kl_in_reward': true,
          'algorithm.kl_ctrl.kl_coef': weight,
        });
  },
  'objective.klClamp': always(
    differs('verl always clamps the log-ratio to ±20 and the k3 estimate to ±10'),
  ),
  'objective.klEstimator': (estimator: 'k1' | 'k2' | 'k3', context) =>
    isInLoss(context)
      ? mapped({ [`${ACTOR}.kl_loss_type`]: { k1: 'kl', k2: 'mse', k3: 'low_var_kl' }[estimator] })
      : mapped({ 'algorithm.kl_penalty': { k1: 'kl', k2: 'mse', k3: 'low_var_kl' }[estimator] }),
  'objective.klIn': always(byLoci('decides which keys of verl klWeight and klEstimator set')),
  'objective.klBiasCorrection': (on: boolean) =>
    on ? refused('verl does not multiply its KL by the ratio') : inert('off, as there'),
  'objective.ratio': (ratio: string, context) => {
    const { use } = context.config.objective;
    if (ratio === 'token') {
      return use === 'gspo'
        ? refused('gspo of verl takes the ratio of whole completions')
        : byLoci('as the loss of verl does');
    }
    const allows = use === 'gspo' || aggregationOf(context) === 'seq-mean-token-mean';
    const isClipped = use === 'gspo' || use === 'grpo';
    return allows && isClipped
      ? mapped(
          { [`${ACTOR}.policy_loss.loss_mode`]: 'gspo' },
          'verl takes the value per completion and the gradient per token; the sums are equal',
        )
      : refused(
          'verl takes the ratio of completions only in gspo, which weighs all completions equally',
        );
  },
  'objective.old': (old: string) =>
    mapped({ 'algorithm.rollout_correction.bypass_mode': old === 'sampler' }),
  'objective.correction': always(inert('off')),
  'objective.correction.mode': (mode: string) => {
    if (mode.endsWith('mask')) return refused('Loci maps only the truncated weights to verl');
    return mapped({ 'algorithm.rollout_correction.rollout_is': mode.split('-')[0]! });
  },
  'objective.correction.min': (least: number) =>
    least === 0 ? inert('weights are not below 0') : refused('verl truncates weights only above'),
  'objective.correction.max': (most: number) =>
    mapped({ 'algorithm.rollout_correction.rollout_is_threshold': most }),
  'objective.offPolicyThreshold': always(refused('verl has no such mask')),
  'objective.entropyWeight': (weight: number) => mapped({ [`${ACTOR}.entropy_coeff`]: weight }),
  'objective.demonstrationWeight': (weight: number) =>
    weight === 0 ? inert('off, as there') : refused('verl cannot imitate in the same batch'),
  'objective.clipLow': (low: number) =>
    mapped({ [`${ACTOR}.clip_ratio_low`]: low, [`${ACTOR}.clip_ratio`]: low }),
  'objective.clipHigh': (high: number) => mapped({ [`${ACTOR}.clip_ratio_high`]: high }),
  'objective.delta': (delta: number, context) => {
    if (isSequenceRatio(context)) return refused('gspo of verl has no second bound');
    return delta > 1
      ? mapped({ [`${ACTOR}.clip_ratio_c`]: delta })
      : refused('the second bound of verl must be greater than 1');
  },
  'objective.aggregation': (kind: string) =>
    mapped({ [`${ACTOR}.loss_agg_mode`]: GRPO_AGGREGATIONS[kind]! }),
  'objective.maxCompletionTokens': (tokens: number) =>
    mapped({ [`${ACTOR}.loss_scale_factor`]: tokens }),
  'objective.ratioBound': (bound: number) =>
    mapped({ [`${ACTOR}.clip_ratio_low`]: 1, [`${ACTOR}.clip_ratio_high`]: bound - 1 }),
  'objective.temperaturePositive': (tau: number) => mapped({ [`${ACTOR}.tau_pos`]: tau }),
  'objective.temperatureNegative': (tau: number) => mapped({ [`${ACTOR}.tau_neg`]: tau }),
  'objective.powerPositive': always(refusedLoss()),
  'objective.decayPositive': always(refusedLoss()),
  'objective.powerNegative': always(refusedLoss()),
  'objective.decayNegative': always(refusedLoss()),
};

/** Settings of verl that switch off what the config leaves out. */
export function objectiveDefaults(context: Context): Readonly<Record<string, number>> {
  const { use, delta } = context.config.objective;
  const isVanilla = OBJECTIVES[use]?.mode === 'vanilla' && !isSequenceRatio(context);
  return isVanilla && delta === undefined ? { [`${ACTOR}.clip_ratio_c`]: NO_DUAL_CLIP } : {};
}

/** Rules of `advantage.*` and `schedule.*`. */
export const ADVANTAGE_RULES: RuleBook<VerlOptions> = {
  'advantage.use': (use: string) => {
    switch (use) {
      case 'group-normalised':
        return mapped({ 'algorithm.adv_estimator': 'grpo' });
      case 'auto':
        return mapped({ 'algorithm.adv_estimator': 'grpo' }, AUTO_NOTE);
      case 'rloo':
        return mapped({ 'algorithm.adv_estimator': 'rloo' });
      default:
        return refused('only group-normalised and rloo are known to be the same in verl');
    }
  },
  'advantage.divideByStd': (divides: boolean) =>
    mapped({ 'algorithm.norm_adv_by_std_in_grpo': divides }),
  'advantage.epsilon': (epsilon: number, { config }) =>
    ['auto', 'group-normalised'].includes(config.advantage.use)
      ? differs(`verl adds 1e-6 to the standard deviation, not ${epsilon}`)
      : inert('belongs to an estimator that verl does not have'),
  'advantage.precision': (precision: string) =>
    precision === 'float32'
      ? inert('as verl computes')
      : differs('verl computes advantages in float32'),
  'advantage.compat': always(refused('a missing reward is a failure in verl, never a 0')),
  'advantage.normaliseBatch': always(refused('verl has no such estimator')),
  'advantage.keep': always(refused('verl has no such estimator')),
  'advantage.atLeast': always(refused('verl has no such estimator')),
  'schedule.use': (use: string) =>
    use === 'constant' || use === 'cosine'
      ? mapped({ [`${ACTOR}.optim.lr_scheduler_type`]: use })
      : refused('verl has only constant and cosine'),
  'schedule.warmupSteps': (steps: number) =>
    mapped(
      { [`${ACTOR}.optim.lr_warmup_steps`]: steps === 0 ? 0 : steps + 1 },
      steps === 0 ? undefined : 'verl starts at a rate of 0, so its warm-up lags one step',
    ),
  'schedule.floor': (floor: number) => mapped({ [`${ACTOR}.optim.min_lr_ratio`]: floor }),
};

function isSequenceRatio({ config }: Context): boolean {
  return (
    config.objective.use === 'gspo' || String(config.objective['ratio']).startsWith('sequence')
  );
}

function refusedLoss(): Decision {
  return refused('verl has no such loss');
}
