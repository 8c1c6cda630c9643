/** For the tests of this package: one group of completions before one reward. */
import type {
  ErasedPlugin,
  JudgedCompletions,
  Reward,
  RewardOutcome,
  Sample,
  ScoredText,
} from '@loci/core';
import { fakeLogger } from '@loci/core/testing';

export const UNMAPPED: Sample = {
  id: 'room',
  problem: 'How many?',
  options: [],
  problemType: 'multiple choice',
  solution: '<answer>A</answer>',
  media: [{ kind: 'video', path: 'v/room.mp4' }],
  source: 'SR_dataset',
};

export const ROOM: Sample = {
  ...UNMAPPED,
  map: {
    chair: [
      [1, 2],
      [7, 8],
    ],
    TV: [[4, 5]],
  },
};

export const GOLD =
  '<think><map>{"TV":[[4,5]],"chair":[[1,2],[7,8]]}</map></think><answer>A</answer>';

export interface Setting {
  readonly sample?: Sample;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly outcomes?: JudgedCompletions['outcomes'];
  readonly looks?: Readonly<Record<string, JudgedCompletions>>;
}

export function texts(
  completions: readonly string[],
  tokens: readonly number[] = [],
): ScoredText[] {
  return completions.map((text, index) => ({
    text,
    tokenCount: tokens[index] ?? 100,
    finishReason: 'stop',
  }));
}

function create(
  plugin: ErasedPlugin<'reward'>,
  options: Readonly<Record<string, unknown>>,
): Reward | Promise<Reward> {
  const context = { seed: 1, baseDirectory: '.', logger: fakeLogger() };
  return plugin.create(plugin.options.parse(options) as never, context);
}

/** Least and greatest value of a reward. */
export async function rangeOf(
  plugin: ErasedPlugin<'reward'>,
  options: Readonly<Record<string, unknown>> = {},
): Promise<Reward['range']> {
  return (await create(plugin, options)).range;
}

export async function score(
  plugin: ErasedPlugin<'reward'>,
  completions: readonly (string | ScoredText)[],
  { sample = ROOM, options = {}, outcomes = new Map(), looks }: Setting = {},
): Promise<readonly RewardOutcome[]> {
  const reward = await create(plugin, options);
  return reward.score({
    sample,
    completions: completions.map((one) => (typeof one === 'string' ? texts([one])[0]! : one)),
    outcomes,
    signal: new AbortController().signal,
    ...(looks && { looks: new Map(Object.entries(looks)) }),
  });
}

/** The value of each outcome, or what it was instead. */
export function valuesOf(outcomes: readonly RewardOutcome[]): readonly (number | string)[] {
  return outcomes.map((outcome) => (outcome.status === 'scored' ? outcome.value : outcome.status));
}

/** Outcomes of one earlier reward. */
export function earlier(
  values: Readonly<Record<string, readonly number[]>>,
): JudgedCompletions['outcomes'] {
  return new Map(
    Object.entries(values).map(([name, list]) => [
      name,
      list.map((value) => ({ status: 'scored', value })),
    ]),
  );
}
