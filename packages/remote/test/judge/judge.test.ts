import { mkdtemp, readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createFromPlugin, parseOptions } from '@loci/core';
import type { PluginContext, Reward, RewardOutcome, Sample, TimedReward } from '@loci/core';
import { judgeReward } from '../../src/judge/judge-plugin.ts';
import { askedText, judgeServer } from './judge-server.ts';
import type { AskedBody, JudgeReply, JudgeServer } from './judge-server.ts';

const KEY = 'sk-very-secret-0123456789';
const GOOD = '{"reason": "it follows", "score": 8}';
const SAMPLE: Sample = {
  id: 's',
  problem: 'Which is nearer to the door?',
  options: ['A. sink', 'B. oven'],
  problemType: 'multiple choice',
  solution: '<answer>B</answer>',
  media: [],
  source: 'test',
};

const servers: JudgeServer[] = [];
const log: string[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  log.length = 0;
  delete process.env['LOCI_TEST_KEY'];
});

async function judgeAt(
  reply: (body: AskedBody, request: number) => JudgeReply,
  settings: Readonly<Record<string, unknown>> = {},
  run: Partial<PluginContext> = {},
): Promise<{ readonly judge: Reward; readonly server: JudgeServer }> {
  process.env['LOCI_TEST_KEY'] = KEY;
  const server = await judgeServer(reply);
  servers.push(server);
  const options = parseOptions(judgeReward, {
    ...{ baseUrl: server.baseUrl, model: 'm', apiKeyEnv: 'LOCI_TEST_KEY' },
    ...{ cache: false, stream: false, firstWaitSeconds: 0.001, attempts: 1 },
    ...settings,
  });
  const context: PluginContext = {
    ...{ seed: 1, baseDirectory: process.cwd() },
    logger: { info: (line) => log.push(line), warn: (line) => log.push(line) },
    ...run,
  };
  return { judge: await createFromPlugin(judgeReward, options, context), server };
}

function outcomes(judge: Reward, ...texts: readonly string[]): Promise<readonly RewardOutcome[]> {
  const completions = texts.map((text) => ({
    ...{ text, tokenCount: 9, finishReason: 'stop' as const },
  }));
  const input = { sample: SAMPLE, completions, outcomes: new Map() };
  return (judge as TimedReward).scoreWithin(input, 1);
}

test('a verdict becomes a value from 0 to 1, with the reason and further fields', async () => {
  const schema = {
    type: 'object',
    properties: {
      grade: { type: 'number', minimum: 1, maximum: 5 },
      polite: { type: 'boolean' },
      reason: { type: 'string' },
    },
    required: ['grade', 'polite'],
  };
  const { judge, server } = await judgeAt(() => '{"grade": 4, "polite": true, "reason": "so"}', {
    ...{ schema, valueKey: 'grade' },
  });
  expect(await outcomes(judge, 'because')).toEqual([
    { status: 'scored', value: 0.75, parts: { polite: 1 }, reason: 'so' },
  ]);
  expect(server.bodies[0]).toMatchObject({
    ...{ model: 'm', temperature: 0, max_tokens: 512 },
    response_format: { type: 'json_schema', json_schema: { name: 'verdict', schema } },
  });
  const asked = askedText(server.bodies[0]);
  for (const piece of [SAMPLE.problem, 'B. oven', 'The true answer: B', '\nbecause\n']) {
    expect(asked).toContain(piece);
  }
});

test('equal completions of a group are judged once, and all keep their order', async () => {
  const { judge, server } = await judgeAt((body) =>
    askedText(body).includes('\nworse\n') ? '{"reason": "", "score": 1}' : GOOD,
  );
  const values = (await outcomes(judge, 'better', 'worse', 'better')).map(
    (one) => one.status === 'scored' && one.value,
  );
  expect(values).toEqual([0.8, 0.1, 0.8]);
  expect(server.bodies).toHaveLength(2);
});

describe('what fails abstains with its reason, and is never a 0', () => {
  const cases: readonly [string, JudgeReply, RegExp][] = [
    ['no JSON', 'I would say eight', /no JSON object/],
    ['beyond the bounds', '{"reason": "", "score": 99}', /does not follow the schema: score/],
    ['a missing key', '{"reason": ""}', /does not follow the schema: score/],
    ['further keys', '{"reason": "", "score": 1, "more": 2}', /does not follow the schema/],
    ['a server that is down', { status: 503, message: 'overloaded' }, /overloaded/],
    ['a key that is wrong', { status: 401, message: 'no' }, /API key/],
    ['silence', undefined, /no verdict within 0.2 s/],
  ];
  test.each(cases)('%s', async (_, reply, reason) => {
    const { judge } = await judgeAt(() => reply, { patienceSeconds: 0.2 });
    const [outcome] = await outcomes(judge, 'text');
    expect(outcome).toEqual({ status: 'abstained', reason: expect.stringMatching(reason) });
    expect(log.join('\n')).toMatch(reason);
    expect(JSON.stringify([outcome, log])).not.toContain(KEY);
  });
});

test('a verdict that was cut off is asked for again with more tokens', async () => {
  const { judge, server } = await judgeAt((_, request) =>
    request === 0 ? { text: '{"reason": "it', finish: 'length' } : GOOD,
  );
  expect(await outcomes(judge, 'text')).toMatchObject([{ status: 'scored', value: 0.8 }]);
  expect(server.bodies.map((body) => body.max_tokens)).toEqual([512, 2048]);
});

test('thinking and fences around a verdict do no harm', async () => {
  const { judge } = await judgeAt(() => '<think>{"score": 0}</think>\n```json\n' + GOOD + '\n```');
  expect(await outcomes(judge, 'text')).toMatchObject([{ value: 0.8, reason: 'it follows' }]);
});

test('after a failure that concerns every request nobody is asked for a while', async () => {
  const { judge, server } = await judgeAt(() => ({ status: 401, message: 'no' }));
  await outcomes(judge, 'one');
  const later = await outcomes(judge, 'two', 'three');
  expect(later.map(({ status }) => status)).toEqual(['abstained', 'abstained']);
  expect(server.bodies).toHaveLength(1);
});

test('a server that takes no schema is asked for JSON, and one that takes none for words', async () => {
  const { judge, server } = await judgeAt((body) => {
    const type = body.response_format?.type;
    if (type === undefined) return GOOD;
    return { status: 400, message: `response_format of type ${type} is not supported` };
  });
  expect(await outcomes(judge, 'one')).toMatchObject([{ status: 'scored' }]);
  expect(await outcomes(judge, 'two')).toMatchObject([{ status: 'scored' }]);
  const types = server.bodies.map((body) => body.response_format?.type);
  expect(types).toEqual(['json_schema', 'json_object', undefined, undefined]);
  expect(log).toHaveLength(2);
});

test('verdicts are kept by content, so that another process asks nothing, and no file has the key', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'loci-verdicts-'));
  const first = await judgeAt(() => GOOD, { cache });
  const said = await outcomes(first.judge, 'text');
  const second = await judgeAt(() => undefined, { cache, baseUrl: first.server.baseUrl });
  expect(await outcomes(second.judge, 'text')).toEqual(said);
  expect(first.server.bodies).toHaveLength(1);
  expect(second.server.bodies).toHaveLength(0);
  for (const name of await readdir(cache, { recursive: true })) {
    if (!name.endsWith('.json')) continue;
    expect(await readFile(join(cache, name), 'utf8')).not.toContain(KEY);
  }
});

describe('a budget', () => {
  // A reply counts 1000 and 100 tokens, which cost 0.002 at these prices.
  const priced = { prices: { prompt: 1, completion: 10 }, budget: 0.008, maxNewTokens: 200 };

  test('is not exceeded, and the rest abstains', async () => {
    const { judge, server } = await judgeAt(() => GOOD, priced);
    const texts = Array.from({ length: 12 }, (_, index) => `text ${index}`);
    const said = await outcomes(judge, ...texts);
    const scored = said.filter(({ status }) => status === 'scored');
    expect(scored.length).toBe(server.bodies.length);
    expect(server.bodies.length * 0.002).toBeLessThanOrEqual(priced.budget);
    expect(scored.length).toBeGreaterThanOrEqual(3);
    const others = said.filter(({ status }) => status !== 'scored');
    expect(others).toHaveLength(12 - scored.length);
    for (const one of others) {
      expect(one).toMatchObject({ status: 'abstained', reason: expect.stringMatching(/budget/) });
    }
  });

  test('goes on with what is left after a resume', async () => {
    const runDirectory = await mkdtemp(join(tmpdir(), 'loci-run-'));
    const first = await judgeAt(() => GOOD, priced, { runDirectory });
    await outcomes(first.judge, 'a', 'b', 'c', 'd', 'e', 'f');
    const second = await judgeAt(() => GOOD, priced, { runDirectory });
    expect(await outcomes(second.judge, 'g')).toMatchObject([{ status: 'abstained' }]);
    expect(second.server.bodies).toHaveLength(0);
    expect(await readFile(join(runDirectory, 'judge-spending.jsonl'), 'utf8')).not.toContain(KEY);
  });
});

test('what work costs is said before it begins', async () => {
  const settings = { prices: { prompt: 1, completion: 10 }, budget: 1, requestsPerMinute: 60 };
  const { judge } = await judgeAt(() => GOOD, settings);
  const line = judge.forecast?.({
    ...{ name: 'an epoch', completions: 8000, maxNewTokens: 1024, samples: [SAMPLE] },
  });
  expect(line).toMatch(/^an epoch is 8000 verdicts by m, up to [\d.]+ million prompt/);
  // 8000 verdicts of 512 tokens at 10 a million are 40.96, and the prompts come on top.
  expect(Number(/: up to ([\d.]+), less/.exec(line ?? '')?.[1])).toBeGreaterThan(40.96);
  expect(line).toMatch(/budget has 1.00 left/);
  expect(line).toMatch(/takes 134 minutes or more/);
});

describe('options', () => {
  const faulty: readonly [string, Readonly<Record<string, unknown>>, RegExp][] = [
    ['a place that is none', { template: '{completion} {trueth}' }, /trueth/],
    ['a template without what is judged', { template: 'Hello' }, /neither \{completion\}/],
    ['a schema without bounds', { schema: unbounded() }, /minimum and maximum/],
    ['a schema without the value', { valueKey: 'grade' }, /no number or boolean "grade"/],
    ['a budget without prices', { budget: 3 }, /needs prices/],
    ['the key itself', { apiKeyEnv: 'sk-123' }, /not the key/],
  ];
  test.each(faulty)('%s is an error', (_, settings, message) => {
    expect(() => parseOptions(judgeReward, { model: 'm', ...settings })).toThrow(message);
  });

  function unbounded(): unknown {
    const properties = { score: { type: 'number' } };
    return { type: 'object', properties, required: ['score'] };
  }
});

test('an equal question asks again when the time of the first one ends', async () => {
  const { judge, server } = await judgeAt((_, request) => (request === 0 ? undefined : GOOD), {
    patienceSeconds: 0.2,
  });
  const completions = [{ text: 'B', tokenCount: 9, finishReason: 'stop' as const }];
  const input = { sample: SAMPLE, completions, outcomes: new Map() };
  const [first, second] = await Promise.all(
    [1, 20_000].map((ms) => (judge as TimedReward).scoreWithin(input, ms)),
  );
  expect(first).toMatchObject([{ status: 'abstained', reason: 'no verdict within 0.2 s' }]);
  expect(second).toMatchObject([{ status: 'scored', value: 0.8 }]);
  expect(server.bodies).toHaveLength(2);
});
