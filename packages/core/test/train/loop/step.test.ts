/**
 * One whole step of GRPO on paper: 2 prompts × 2 completions, from tokens and rewards to the weights after AdamW. Every expected value
 * is a literal, with its derivation beside it.
 *
 * The vocabulary has 6 tokens: END, three that never occur, A and B. The weights are logits, one row of 6 for each prompt and position.
 *
 *                    first token                        second token
 *     start model    all 0, so every p = 1/6            all 0
 *     policy         A has ln 2: p(A) = 2/7, else 1/7   all 0, so every p = 1/6
 *
 * So log p(A) = ln 2/7 = −1.252763, log p(another first token) = ln 1/7 = −1.945910, log p(second token) = ln 1/6 = −1.791759.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { from } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Reward, SampleEvent, SampleRequest } from '../../../src/spec/index.ts';
import { FakePolicy } from '../../../src/testing/index.ts';
import type { RolloutLine } from '../../../src/train/run-folder/rollout-lines.ts';
import { metricsOf, temporaryFolder, toySample, trainToy } from '../../toy-run.ts';

const [END, A, B] = [0, 4, 5];
const [LOG_2_7, LOG_1_7, LOG_1_6] = [-1.252763, -1.94591, -1.791759];

/** Which rows of the table belong to which prompt. */
const ROWS = { first: { token1: 2, token2: 3 }, second: { token1: 0, token2: 1 } };

/** What is "sampled": [A] and [B, END] of the first prompt, [A, END] and [END] of the second. */
const COMPLETIONS = {
  first: [
    { tokenIds: [A], logProbs: [LOG_2_7], finishReason: 'length' },
    { tokenIds: [B, END], logProbs: [LOG_1_7, LOG_1_6], finishReason: 'stop' },
  ],
  second: [
    { tokenIds: [A, END], logProbs: [LOG_2_7, LOG_1_6], finishReason: 'stop' },
    { tokenIds: [END], logProbs: [LOG_1_7], finishReason: 'stop' },
  ],
} as const;

/** The first prompt has 4 tokens of media and 1 of text, the second 4 and 2. */
function nameOf(promptTokens: number): 'first' | 'second' {
  return promptTokens === 5 ? 'first' : 'second';
}

class PaperPolicy extends FakePolicy {
  override sample({ prompts }: SampleRequest): Observable<SampleEvent> {
    return from(
      prompts.flatMap(({ tokenIds }, prompt) =>
        COMPLETIONS[nameOf(tokenIds.length)].map((drawn, completion): SampleEvent => ({
          type: 'completion',
          prompt,
          completion,
          tokenIds: Int32Array.from(drawn.tokenIds),
          logProbs: Float32Array.from(drawn.logProbs),
          finishReason: drawn.finishReason,
        })),
      ),
    );
  }
}

/** 1 for A and 0 for B on the first prompt; on the second 0 for A and 1 for saying nothing. */
const onPaper: Reward = {
  range: [0, 1],
  score: ({ sample, completions }) =>
    completions.map(({ text }) => ({
      status: 'scored',
      value: (sample.id === 'first') === (text === 'A') ? 1 : 0,
    })),
};

async function paperPolicy(folder: string): Promise<PaperPolicy> {
  const policy = new PaperPolicy({ words: ['A', 'B'], contexts: 2, positions: 2, spread: 0 });
  const logits = Array.from({ length: 4 * 6 }, () => 0);
  for (const { token1 } of Object.values(ROWS)) logits[token1 * 6 + A] = Math.LN2;
  mkdirSync(folder);
  writeFileSync(join(folder, 'table.json'), JSON.stringify({ logits }));
  await policy.load(folder);
  return policy;
}

/** The logits of a row: END, the three that never occur, A, B. */
function rowOf(logits: readonly number[], row: number): readonly number[] {
  return logits.slice(row * 6, row * 6 + 6);
}

function assertRow(found: readonly number[], expected: readonly number[]): void {
  expect(found.map((value) => Number(value.toFixed(5)))).toEqual(expected);
}

test('a step on paper, from tokens and rewards to the weights after AdamW', async () => {
  const folder = temporaryFolder();
  const samples = [
    toySample(0, { id: 'first', problem: '?' }),
    toySample(1, { id: 'second', problem: '??' }),
  ];
  const settings = [
    'steps=1',
    'promptsPerStep=2',
    'sampler.completionsPerPrompt=2',
    'sampler.maxNewTokens=2',
    'objective.klWeight=0.1',
    'optimizer.learningRate=0.5',
    'optimizer.epsilon=0.01',
    'optimizer.weightDecay=0.1',
    'optimizer.maxGradNorm=0.1',
  ];
  const { events } = await trainToy(folder, settings, {
    samples,
    rewards: { paper: onPaper },
    policy: () => paperPolicy(join(folder, 'start')),
  });

  // Compare. Rewards 1 and 0: mean 0.5, deviation √(0.5² + 0.5²) = 0.707107, so the advantages are ±0.5 / (0.707107 + 0.0001).
  const lines = readFileSync(join(folder, 'rollouts.jsonl'), 'utf8').trim().split('\n');
  const advantages = lines.map((line) => {
    const { sampleId, completion, advantage } = JSON.parse(line) as RolloutLine;
    return [sampleId, completion, Number(advantage!.toFixed(6))];
  });
  expect(advantages.sort()).toEqual([
    ['first', 0, 0.707007],
    ['first', 1, -0.707007],
    ['second', 0, -0.707007],
    ['second', 1, 0.707007],
  ]);

  // Weigh. On-policy the ratio is 1. With x = log p_start − log p, a token's loss is −A + 0.1 · (exp(x) − x − 1), and it moves with
  // log p by −A + 0.1 · (1 − exp(x)). A token weighs 1/4 in a completion of one token, 1/8 in one of two.
  //
  //     completion      token  A          x = ln …          KL        weight   ∂loss / ∂log p
  //     first  [A]      A      +0.707007  7/12 = −0.538997  0.122330  0.25     0.25  · (−0.707007 + 0.1 · 5/12) = −0.166335
  //     first  [B END]  B      −0.707007  7/6  =  0.154151  0.012516  0.125    0.125 · (+0.707007 − 0.1 · 1/6)  = +0.086293
  //                     END    −0.707007  1    =  0         0         0.125    0.125 ·  +0.707007               = +0.088376
  //     second [A END]  A      −0.707007  7/12              0.122330  0.125    0.125 · (+0.707007 + 0.1 · 5/12) = +0.093584
  //                     END    −0.707007  1                 0         0.125                                       +0.088376
  //     second [END]    END    +0.707007  7/6               0.012516  0.25     0.25  · (−0.707007 − 0.1 · 1/6)  = −0.180918
  //
  // The −A cancel in the sum. What is left is 0.1 · (0.25 · 0.122330 + 0.125 · 0.012516 + 0.125 · 0.122330 + 0.25 · 0.012516).
  const [metrics] = metricsOf(events);
  expect(metrics!['loss/total']).toBeCloseTo(0.005057, 6);
  // The mean KL of the six tokens: (2 · 0.122330 + 2 · 0.012516) / 6.
  expect(metrics!['policy/kl']).toBeCloseTo(0.044949, 6);
  expect(metrics!['policy/clip-fraction']).toBe(0);
  expect(metrics!['gap/max']).toBeLessThan(1e-6);

  // Backward. ∂log p(token) / ∂logits = onehot(token) − p, with p = (1, 1, 1, 1, 2, 1) / 7 for a first token, all 1/6 for a second.
  //
  //     first,  1st   −0.166335 · (onehot(A) − p) + 0.086293 · (onehot(B) − p)
  //                   each p-part: 0.080043 · p     END and others 0.011435   A −0.166335 + 0.022869 = −0.143466   B 0.097727
  //     second, 1st   +0.093584 · (onehot(A) − p) − 0.180918 · (onehot(END) − p)
  //                   each p-part: 0.087334 · p     END −0.168442   others 0.012476   A 0.118537   B 0.012476
  //     both,   2nd   +0.088376 · (onehot(END) − 1/6)        END 0.073647   all others −0.014729
  //
  // The norm of all 24: √(4 · 0.011435² + 0.143466² + 0.097727² + 0.168442² + 4 · 0.012476² + 0.118537² + 2 · (0.073647² + 5 · 0.014729²)).
  expect(metrics!['update/grad-norm']).toBeCloseTo(0.294482, 6);

  // Update. Gradients are scaled by 0.1 / 0.294482 = 0.339578 to the greatest norm. In the first step of AdamW both moments are those
  // of the gradient itself, so w ← w − 0.5 · (g / (|g| + 0.01) + 0.1 · w).
  //
  //     first,  1st   END, others  g = 0.011435 · 0.339578 = 0.003883    −0.5 · 0.003883 / 0.013883                       = −0.13985
  //                   A            g = −0.048718     0.693147 + 0.5 · 0.048718 / 0.058718 − 0.05 · 0.693147 = 1.07334
  //                   B            g = 0.033186      −0.5 · 0.033186 / 0.043186                             = −0.38422
  //     second, 1st   END          g = −0.057199     +0.5 · 0.057199 / 0.067199                             = 0.42559
  //                   others, B    g = 0.004237      −0.5 · 0.004237 / 0.014237                             = −0.14879
  //                   A            g = 0.040253      0.693147 − 0.5 · 0.040253 / 0.050253 − 0.034657        = 0.25799
  //     both,   2nd   END          g = 0.025009      −0.5 · 0.025009 / 0.035009                             = −0.35718
  //                   all others   g = −0.005002     +0.5 · 0.005002 / 0.015002                             = 0.16671
  const table = readFileSync(join(folder, 'checkpoints/step-000001/table.json'), 'utf8');
  const { logits } = JSON.parse(table) as { readonly logits: readonly number[] };
  const { first, second } = ROWS;
  assertRow(
    rowOf(logits, first.token1),
    [-0.13985, -0.13985, -0.13985, -0.13985, 1.07334, -0.38422],
  );
  assertRow(
    rowOf(logits, second.token1),
    [0.42559, -0.14879, -0.14879, -0.14879, 0.25799, -0.14879],
  );
  const after = [-0.35718, 0.16671, 0.16671, 0.16671, 0.16671, 0.16671];
  assertRow(rowOf(logits, first.token2), after);
  assertRow(rowOf(logits, second.token2), after);
});
