/** Estimates the cost of a judge, as a line of text. */
import { money } from '@loci/core';
import type { RewardWork } from '@loci/core';
import { costOf } from '../token-prices.ts';
import type { TokenPrices } from '../token-prices.ts';

/** English text has about four characters a token. */
const CHARACTERS_PER_TOKEN = 4;

/** Assumed tokens of a completion without a limit. */
const USUAL_TOKENS = 512;

/** The inputs of the estimate. */
export interface ForecastParts {
  readonly model: string;
  /** Characters of the request about a sample, without the completion. */
  readonly promptCharacters: (sample: RewardWork['samples'][number]) => number;
  readonly verdictTokens: number;
  readonly completionCharacters: number;
  readonly showsMedia: boolean;
  readonly prices: TokenPrices | undefined;
  readonly budgetLeft: number;
  readonly requestsPerMinute: number | undefined;
}

/**
 * An upper estimate: every completion and every verdict reaches its limit, and the cache holds no verdict.
 *
 * @example 'an epoch is 8000 verdicts by m, up to 9.6 million prompt and 4.1 million completion tokens: up to 3.90, less for cached verdicts'
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
      ? 'set prices to see the cost'
      : `up to ${money(cost)}, less for cached verdicts`;
  return [
    `${name} is ${completions} verdicts by ${model}, ${tokens}: ${paid}`,
    ...(cost !== undefined && cost > budgetLeft
      ? [
          `the budget has ${money(budgetLeft)} left: the judge abstains once it is spent, after ${Math.floor((completions * budgetLeft) / cost)} verdicts or later`,
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
