/**
 * OpenRLHF's remote reward contract: `query` (prompt and completion, special tokens included), `prompts` and `labels` in,
 * `rewards`, `scores` and `extra_logs` out, one entry per item. The contract cannot mark an item as not scored, so a request with such
 * an item fails as a whole: the model would learn from a made-up number.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { addedBy, openedAtEnd, scoreTexts, turnText, uncountedText } from '@loci/core';
import type { RunReward, Sample, ScoredText, TextScore } from '@loci/core';
import type { z } from 'zod';
import { cutPrompt } from './cut-prompt.ts';
import { describeBodyIssues } from './describe-body-issues.ts';
import type { RewardsFor } from './heavy-groups.ts';
import { HttpError } from './http-error.ts';
import type { ItemProblem } from './http-error.ts';
import type { ServeLimits } from './limits.ts';
import { scoreInTurn } from './score-in-turn.ts';
import { asSample, wireSample } from './wire.ts';
import type { openRlhfBody } from './wire.ts';
import type { Patience } from './within-time.ts';

/** Answer to OpenRLHF. */
export interface OpenRlhfAnswer {
  /** The sums from which advantages are computed. */
  readonly rewards: readonly number[];
  /** 0…1, for dynamic filtering: the value of the reward `answer`; without it, the rewards. */
  readonly scores: readonly number[];
  /** By reward, its part of the sum; 0 where it abstained. The keys are always the same, since OpenRLHF stacks them. */
  readonly extra_logs: Readonly<Record<string, readonly number[]>>;
}

/** Items of one prompt and label: completions of one sample. */
interface Group {
  readonly sample: Sample;
  /** Text with which the prompt begins the answer. */
  readonly opened: string | undefined;
  readonly completions: ScoredText[];
  /** Indices of the items, in the order of the completions. */
  readonly indices: number[];
}

/**
 * Scores the items of a request; items with the same prompt and label are one group.
 *
 * @throws HttpError 422 naming every item that cannot be read, or whose reward failed; the reason why patience ended.
 */
export async function scoreForOpenRlhf(
  body: z.output<typeof openRlhfBody>,
  {
    rewards,
    rewardsFor,
  }: { readonly rewards: readonly RunReward[]; readonly rewardsFor: RewardsFor },
  limits: ServeLimits,
  patience: Patience,
): Promise<OpenRlhfAnswer> {
  const groups = await groupsOf(body, patience);
  const count = body.query.length;
  const sums = new Array<number>(count).fill(Number.NaN);
  const scores = new Array<number>(count).fill(Number.NaN);
  const logs = rewards.map(({ name }) => [name, new Array<number>(count).fill(0)] as const);
  const problems: ItemProblem[] = [];
  await scoreInTurn(
    groups,
    async ({ sample, completions, indices }) => {
      const score = await scoreTexts(
        { sample, completions },
        await rewardsFor({ sample, completions }),
      );
      for (const { reward, completion, message } of score.failures) {
        const index = completion === undefined ? indices[0]! : indices[completion]!;
        problems.push({ index, reward, message });
      }
      for (const [completion, index] of indices.entries()) {
        const sum = score.rewards[completion]!;
        if (Number.isNaN(sum) && score.failures.length === 0) {
          problems.push({ index, message: whyUnscored(score, completion) });
        }
        sums[index] = sum;
        scores[index] = correctness(score, completion);
      }
      for (const [name, log] of logs) {
        const added = addedBy(score.contributions.get(name)!);
        for (const [completion, index] of indices.entries()) log[index] = added[completion]!;
      }
    },
    { patience, atOnce: limits.groupsAtOnce },
  );
  if (problems.length > 0) throw refusal('reward-failed', 'could not be scored', problems, count);
  return { rewards: sums, scores, extra_logs: Object.fromEntries(logs) };
}

/** Milliseconds to read items before other requests get a turn. */
const TURN_MS = 20;

/** Groups the items by prompt and label. @throws HttpError 422 naming every item that cannot be read; the reason why patience ended. */
async function groupsOf(
  { query, prompts, labels }: z.output<typeof openRlhfBody>,
  patience: Patience,
): Promise<readonly Group[]> {
  const groups = new Map<string, Group>();
  const samples = new Map<string, Sample | string>();
  const problems: ItemProblem[] = [];
  let turnStart = performance.now();
  for (const [index, text] of query.entries()) {
    if (performance.now() - turnStart > TURN_MS) {
      await nextTurn();
      patience.throwIfAborted();
      turnStart = performance.now();
    }
    const label = labels[index];
    const written = typeof label === 'string' ? label : (JSON.stringify(label) ?? '');
    const sample = samples.get(written) ?? sampleOf(written, index);
    samples.set(written, sample);
    if (typeof sample === 'string') {
      problems.push({ index, message: sample });
      continue;
    }
    const prompt = prompts[index]!;
    const completion = cutPrompt(text, prompt);
    if (completion === undefined) {
      problems.push({ index, message: NO_PROMPT });
      continue;
    }
    const key = `${prompt.length} ${prompt}${written}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = { sample, opened: openedAtEnd(prompt), completions: [], indices: [] };
      groups.set(key, group);
    }
    const turn = turnText(group.opened, completion.text);
    group.completions.push(uncountedText({ ...completion, text: turn }));
    group.indices.push(index);
  }
  if (problems.length === 0) return [...groups.values()];
  throw refusal('item-unreadable', 'cannot be read', problems, query.length);
}

const NO_PROMPT =
  'the query does not start with its prompt, so the completion cannot be found; was the prompt truncated (--data.max_len), or changed by the tokenizer?';

const FORM =
  'a label is the sample as JSON text, {"solution": "<answer>B</answer>", "problemType": "multiple choice", "map": …}; name its column with --data.label_key';

/** The sample of a label, or the problem with it. */
function sampleOf(written: string, index: number): Sample | string {
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    return `its label is not JSON: ${FORM}`;
  }
  if (typeof value !== 'object' || value === null) return `its label is not an object: ${FORM}`;
  const parsed = wireSample.safeParse(value);
  if (parsed.success) return asSample(parsed.data, `item ${index}`);
  return `its label: ${describeBodyIssues(parsed.error.issues)}`;
}

/** The problem of a completion from which every reward abstained: OpenRLHF has no form for an abstention. */
function whyUnscored({ outcomes }: TextScore, completion: number): string {
  const reasons = [...outcomes].flatMap(([name, ofGroup]) => {
    const outcome = ofGroup[completion];
    return outcome?.status === 'abstained' ? [`${name}: ${outcome.reason}`] : [];
  });
  return `every reward abstained (${reasons.join('; ')}), but OpenRLHF takes only numbers: add a reward that never abstains, such as format`;
}

function correctness({ outcomes, rewards }: TextScore, completion: number): number {
  const answer = outcomes.get('answer')?.[completion];
  return answer?.status === 'scored' ? answer.value : rewards[completion]!;
}

function refusal(
  code: string,
  what: string,
  problems: readonly ItemProblem[],
  count: number,
): HttpError {
  const sorted = [...problems].sort((one, other) => one.index - other.index);
  const items = new Set(sorted.map(({ index }) => index)).size;
  const { index, reward, message } = sorted[0]!;
  const first = reward === undefined ? message : `${reward}: ${message}`;
  return new HttpError(
    422,
    code,
    `${items} of ${count} items ${what}, so none is answered; item ${index}: ${first}`,
    sorted,
  );
}
