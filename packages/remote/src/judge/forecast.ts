/** What a judge is expected to cost, as a line for people. */
import { money } from '@loci/core';
import type { RewardWork } from '@loci/core';
import { costOf } from '../token-prices.ts';
import type { TokenPrices } from '../token-prices.ts';

/** English text has about four characters a token. */
export const CHARACTERS_PER_TOKEN = 4;

/** Tokens of a completion where nothing says how long it may be. */
const USUAL_TOKENS = 512;

/** What the estimate is made from. */
export interface ForecastParts {
  readonly model: string;
  /** Of the request about a sample, without the completion. */
  readonly promptCharacters: (sample: RewardWork['samples'][number]) => number;
  readonly verdictTokens: number;
  readonly completionCharacters: number;
  readonly showsMedia: boolean;
  readonly prices: TokenPrices | undefined;
  readonly budgetLeft: number;
  readonly requestsPerMinute: number | undefined;
}

/**
 * An upper estimate: every completion and every verdict reaches its limit, and none was judged before.
 *
 * @example 'an epoch is 8000 verdicts by m, up to 9.6 million prompt and 4.1 million completion tokens: up to 3.90, less what is kept from before'
 */
export function judgeForecast(work: RewardWork, parts: ForecastParts): string {
  const { name, completions, samples, maxNewTokens = USUAL_TOKENS } = work;
  const { model, prices, verdictTokens, requestsPerMinute, budgetLeft } = parts;
  const fixed =
    samples.reduce((sum, sample) => sum + parts.promptCharacters(sample), 0) /
    Math.max(1, samples.length);
  const quoted = Math.min(maxNewTokens, parts.completionCharacters / CHARACTERS_PER_TOKEN);
  const prompt = completions * (fixed / CHARACTERS_PER_TOKEN + quoted);
  const verdicts = completions * verdictTokens;
  const cost = prices && costOf(prices, prompt, verdicts);
  const pictures = parts.showsMedia ? ' beside those of pictures' : '';
  const tokens = `up to ${millions(prompt)} prompt${pictures} and ${millions(verdicts)} completion tokens`;
  const paid =
    cost === undefined
      ? 'without prices nobody knows the cost'
      : `up to ${money(cost)}, less what is kept from before`;
  return [
    `${name} is ${completions} verdicts by ${model}, ${tokens}: ${paid}`,
    ...(cost !== undefined && cost > budgetLeft
      ? [
          `the budget has ${money(budgetLeft)} left: the judge abstains when that is spent, after ${Math.floor((completions * budgetLeft) / cost)} verdicts or later`,
        ]
      : []),
    ...(requestsPerMinute === undefined
      ? []
      : [
          `at ${requestsPerMinute} requests a minute it takes ${Math.ceil(completions / requestsPerMinute)} minutes or more`,
        ]),
  ].join('; ');
}

function millions(tokens: number): string {
  return tokens < 1e5 ? String(Math.round(tokens)) : `${(tokens / 1e6).toFixed(1)} million`;
}
