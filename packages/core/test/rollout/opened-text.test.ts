/** What a prompt opens is judged with the completion; tokens, log-probabilities and the stored text are without it. */
import { describe, expect, test } from '@jest/globals';
import { openedAtEnd, restOfTurn, turnText } from '../../src/rollout/opened-text.ts';
import { scoreGroups } from '../../src/rollout/score-groups.ts';
import { extractAnswer, extractMapText } from '../../src/spatial/answer/answer.ts';
import { formatProblem, isWellFormedAsInSpacer } from '../../src/spatial/answer/format.ts';
import type { Objective, Reward, Rollout, RolloutGroup, ScoredText } from '../../src/spec/index.ts';
import { fakePolicy, fakeSample } from '../../src/testing/index.ts';
import { DemonstrationExperience } from '../../src/train/loop/experience.ts';
import { PhaseClock } from '../../src/train/loop/phase-clock.ts';
import { rolloutLines } from '../../src/train/run-folder/rollout-lines.ts';
import type { RolloutLine } from '../../src/train/run-folder/rollout-lines.ts';

const rollout = (text: string): Rollout => ({
  text,
  tokenIds: new Int32Array(7),
  logProbs: new Float32Array(7),
  finishReason: 'stop',
});

describe('a turn that the prompt opened', () => {
  const opened = '<think>\n';
  const completion = 'I count.\n</think>\n\n<answer>2</answer>';

  test('has the form that its two parts make, ours and that of SpaceR', () => {
    expect(formatProblem(completion)).toBe('no <think>');
    expect(formatProblem(turnText(opened, completion))).toBeUndefined();
    expect(isWellFormedAsInSpacer(turnText(opened, completion))).toBe(true);
    expect(formatProblem(turnText(undefined, `<think>${completion}`))).toBeUndefined();
  });

  test('is nested where the completion opens its thinking again', () => {
    const again = turnText(opened, `<think>${completion}`);
    expect(formatProblem(again)).toBe('more than one <think>');
  });

  test('may begin with any tag', () => {
    expect(extractAnswer(turnText('<think></think><answer>', '2</answer>'))).toBe('2');
    expect(extractMapText(turnText('<think><map>', '{"chair":[[1,2]]}</map>'))).toContain('chair');
  });
});

test.each([
  ['<think>', '<think>Two.</think>', 'Two.</think>'],
  ['<think>\n', '<think>Two.</think>', 'Two.</think>'],
  ['<think>\n', '<think>\nTwo.</think>', 'Two.</think>'],
  ['<think>', '<think>\nTwo.</think>', '\nTwo.</think>'],
  ['<think>\n', '<answer>2</answer>', '<answer>2</answer>'],
  ['\n', ' <answer>2</answer>', ' <answer>2</answer>'],
  [undefined, '<think>Two.</think>', '<think>Two.</think>'],
])('after %j there is left of %j: %j', (opened, turn, rest) => {
  expect(restOfTurn(opened, turn)).toBe(rest);
});

test.each([
  ['<|im_start|>user\nHow many?<|im_end|>\n<|im_start|>assistant\n<think>\n', '<think>\n'],
  ['<|im_start|>user\nHow many?<|im_end|>\n<|im_start|>assistant\n', undefined],
  ['<|im_start|>assistant\n<think>\n\n</think>\n\n', '<think>\n\n</think>\n\n'],
  ['<|im_start|>assistant\n\n<scratchpad>', '<scratchpad>'],
  ['<|im_start|>assistant\nTwo.<|im_end|>\n<|im_start|>user\nHow many?<|im_end|>\n', undefined],
  ['<|start_header_id|>assistant<|end_header_id|>\n\n<think>\n', '<think>\n'],
  ['<｜User｜>How many?<｜Assistant｜><think>\n', '<think>\n'],
  ['How many chairs?<think>', '<think>'],
  ['How many chairs?<think>\n<map>', '<think>\n<map>'],
  ['Answer as <answer>number</answer>', undefined],
  ['How many chairs? <image>', undefined],
  ['', undefined],
])('the prompt %j opens %j', (prompt, opened) => {
  expect(openedAtEnd(prompt)).toBe(opened);
});

describe('scoring a group whose prompt opened the answer', () => {
  const seen: ScoredText[] = [];
  const reward: Reward = {
    range: [0, 1],
    looks: ['shuffled'],
    score: ({ completions, looks }) => {
      seen.push(...completions, ...(looks?.get('shuffled')?.completions ?? []));
      return completions.map(() => ({ status: 'scored', value: 1 }));
    },
  };
  const group: RolloutGroup = {
    sample: fakeSample(),
    prompt: { tokenIds: new Int32Array(3), media: [], opened: '<think>' },
    rollouts: [rollout('a</think>')],
    looks: new Map([['shuffled', [rollout('b</think>')]]]),
  };

  test('rewards read the whole turn and the number of sampled tokens', async () => {
    await scoreGroups([group], [{ name: 'seeing', reward, weight: 1, timeoutMs: 1000 }]);
    expect(seen).toEqual([
      { text: '<think>a</think>', tokenCount: 7, finishReason: 'stop' },
      { text: '<think>b</think>', tokenCount: 7, finishReason: 'stop' },
    ]);
  });

  test('a stored line has what was opened beside what was sampled, and nothing of it otherwise', async () => {
    const linesOf = async (of: RolloutGroup) => {
      const [score] = await scoreGroups([of], []);
      const lines = rolloutLines(1, score!, undefined);
      return lines.map((line) => JSON.parse(JSON.stringify(line)) as RolloutLine);
    };
    for (const line of await linesOf(group)) expect(line.opened).toBe('<think>');
    expect((await linesOf(group)).map(({ text }) => text)).toEqual(['a</think>', 'b</think>']);
    const plain = { ...group, prompt: { ...group.prompt, opened: undefined } };
    for (const line of await linesOf(plain)) expect(line).not.toHaveProperty('opened');
  });
});

describe('a demonstration', () => {
  const words = ['<think>', '</think>', '<answer>', '</answer>', '2', '\n'];
  const demonstration = '<think>2</think><answer>2</answer>';
  async function learned(
    opened?: string,
    imitates?: Objective['imitates'],
  ): Promise<{ prompt: string; completion: string }> {
    const policy = fakePolicy({ words, ...(opened !== undefined && { opened }) });
    const prompt = await policy.processor.encode([
      { role: 'user', parts: [{ type: 'text', text: '2' }] },
    ]);
    const request = {
      step: 1,
      prompts: [{ sample: fakeSample({ demonstration, solution: '<answer>2</answer>' }), prompt }],
      seed: 1,
      clock: new PhaseClock(),
      signal: new AbortController().signal,
      onChunk: () => undefined,
    };
    const [score] = await new DemonstrationExperience(policy, {
      learnsFrom: 'demonstrations',
      value: () => ({ loss: 0, dLogProbs: [], figures: {} }),
      ...(imitates && { imitates }),
    }).sample(request);
    const { tokenIds } = score!.rollouts[0]!;
    const { processor } = policy;
    return {
      prompt: processor.detokenize(prompt.tokenIds),
      completion: processor.detokenize(tokenIds),
    };
  }

  test('is what the objective chooses: the answer alone', async () => {
    const completion = '<answer>2</answer>';
    expect(await learned(undefined, ({ solution }) => solution)).toEqual({
      prompt: '2',
      completion,
    });
  });

  test('is learned from where the prompt ends', async () => {
    expect(await learned()).toEqual({ prompt: '2', completion: demonstration });
    expect(await learned('<think>\n')).toEqual({
      prompt: '2<think>\n',
      completion: '2</think><answer>2</answer>',
    });
  });
});
