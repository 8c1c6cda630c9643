/** Errors in the forms and under the statuses in which servers send them. */
import { describe, expect, test } from '@jest/globals';
import type { Behaviour } from './misbehaving-server.ts';
import { ask, failureOf, policies, textOf } from './policy-at.ts';

const { policyAt, log } = policies();

const reply = (status: number, body: unknown): Behaviour => ({
  does: 'reply',
  status,
  headers: { 'content-type': 'application/json' },
  chunks: [typeof body === 'string' ? body : JSON.stringify(body)],
});
const piece = 'data: {"choices":[{"delta":{"content":"Tw"}}]}\n\n';
const IMAGES = 'At most 1 image(s) may be provided in one prompt.';

describe('the words of a server are shown, with its code, and the refusal is not retried', () => {
  const forms: readonly [string, Behaviour, RegExp][] = [
    [
      "vLLM's",
      reply(400, { object: 'error', message: IMAGES, type: 'BadRequestError', code: 400 }),
      /At most 1 image\(s\).*status 400, BadRequestError.*--limit-mm-per-prompt/u,
    ],
    ['a text', reply(400, { error: 'too rude' }), /too rude \(status 400\)/u],
    [
      "OpenAI's",
      reply(400, { error: { message: 'too rude', code: 'bad_taste', type: 'request_error' } }),
      /too rude \(status 400, bad_taste, request_error\)/u,
    ],
    [
      "FastAPI's",
      reply(422, {
        detail: [
          { loc: ['body', 'messages', 0, 'content'], msg: 'str expected', type: 'type_error.str' },
          { loc: ['body', 'messages', 1], msg: 'none', type: 'missing' },
        ],
      }),
      /body\.messages\.0\.content: str expected; body\.messages\.1: none/u,
    ],
    ["FastAPI's text", reply(400, { detail: 'too rude' }), /too rude/u],
    ['a list', reply(400, [{ error: { message: 'too rude', code: 400 } }]), /too rude/u],
    [
      'several',
      reply(400, { errors: [{ message: 'too rude' }, { message: 'too long ago' }] }),
      /too rude; too long ago/u,
    ],
    [
      'an object as message',
      reply(400, { message: { error: { message: 'too rude' } } }),
      /too rude/u,
    ],
    [
      'JSON within a text',
      reply(400, { error: { message: '{"error": {"message": "too rude"}}' } }),
      /: too rude \(/u,
    ],
    ['a plain text', reply(400, 'too rude'), /too rude/u],
    [
      'control characters and turned writing, which a terminal obeys',
      reply(400, { error: { message: 'too\u001b[2J\u202e\u009brude\u0007', code: 'a\u001bb' } }),
      /too \[2J rude \(status 400, a b\)/u,
    ],
    [
      'a page',
      reply(400, '<html><style>p {}</style><body><h1>too&nbsp;rude</h1>'),
      /too&nbsp;rude \(/u,
    ],
    ['nothing', reply(400, ''), /no reason \(status 400\)/u],
    ['of unknown fields', reply(400, { oops: 'too rude' }), /too rude/u],
    [
      'under status 200',
      reply(200, { error: { message: 'too rude', code: 400 } }),
      /too rude \(status 200, code 400\)/u,
    ],
    [
      'of object error under 200',
      reply(200, { object: 'error', message: 'too rude', code: 400 }),
      /too rude/u,
    ],
    [
      'in the middle of a stream',
      reply(200, `${piece}data: {"error": {"message": "too rude", "type": "BadRequestError"}}\n\n`),
      /too rude/u,
    ],
    [
      'as an event',
      reply(200, `${piece}event: error\ndata: {"message": "too rude", "code": 400}\n\n`),
      /too rude/u,
    ],
    [
      'as JSON within a stream',
      reply(200, `${piece}{"error": {"message": "too rude", "code": 400}}\n`),
      /too rude/u,
    ],
    [
      'of a choice',
      reply(200, {
        choices: [{ error: { message: 'too rude', code: 400 }, finish_reason: 'error' }],
      }),
      /too rude/u,
    ],
  ];
  test.each(forms)('%s', async (_name, behaviour, message) => {
    const { policy, server } = await policyAt([behaviour]);
    const failure = await failureOf(policy);
    expect(failure.code).toBe('remote-refused');
    expect(failure.message).toMatch(message);
    expect(server.received).toHaveLength(1);
  });
});

const error = (message: string, rest: object = {}) => ({ error: { message, ...rest } });

test.each([
  [500, error('Error code: 400 - too rude'), 'remote-refused', /too rude/u],
  [500, error('bad', { type: 'BadRequestError' }), 'remote-refused', /bad/u],
  [502, error('bad', { type: 'invalid_request_error' }), 'remote-refused', /bad/u],
  [500, error(IMAGES), 'remote-refused', /frames/u],
  [500, error('rejected by our content policy'), 'remote-refused', /policy/u],
  [200, error('no', { code: 'content_policy_violation' }), 'remote-refused', /no/u],
  [403, error('no', { code: 'content_policy_violation' }), 'remote-refused', /no/u],
  [
    503,
    error("This model's maximum context length is 4096 tokens"),
    'remote-refused',
    /max-model-len/u,
  ],
  [429, error('Request too large for m'), 'remote-refused', /benchmark\.frames/u],
  [413, '<h1>413 Request Entity Too Large</h1>', 'remote-refused', /benchmark\.frames/u],
  [
    500,
    error('image input is not supported - provide the mmproj'),
    'remote-refused',
    /Use a model/u,
  ],
  [500, error('The model `m` does not exist'), 'remote-model', /See model and baseUrl/u],
  [200, error('m', { code: 'model_not_found' }), 'remote-model', /See model/u],
  [405, { detail: 'Method Not Allowed' }, 'remote-model', /baseUrl/u],
  [501, '', 'remote-model', /baseUrl/u],
  [200, { detail: 'Not Found' }, 'remote-refused', /Not Found/u],
  [400, error('Incorrect API key provided'), 'remote-unauthorised', /apiKeyEnv/u],
  [500, error('no', { code: 'invalid_api_key' }), 'remote-unauthorised', /apiKeyEnv/u],
  [200, error('x', { code: 401 }), 'remote-unauthorised', /apiKeyEnv/u],
  [429, error('You exceeded your current quota'), 'remote-quota', /used up/u],
  [
    400,
    error('Unrecognized request argument supplied: seed', { param: 'seed' }),
    'remote-setting',
    /extra: \{ seed/u,
  ],
  [
    422,
    {
      detail: [
        { type: 'extra_forbidden', loc: ['body', 'top_k'], msg: 'Extra inputs are not permitted' },
      ],
    },
    'remote-setting',
    /extra: \{ top_k/u,
  ],
  [400, error('Streaming is not supported for this model'), 'remote-setting', /Set stream: false/u],
  [400, error('no', { param: 'stream_options' }), 'remote-setting', /Set stream: false/u],
] as const)('%i %j lasts: %s', async (status, body, code, message) => {
  const { policy, server } = await policyAt([reply(status, body)]);
  const failure = await failureOf(policy);
  expect(failure.code).toBe(code);
  expect(failure.message).toMatch(message);
  expect(server.received).toHaveLength(1);
});

test.each([
  [500, error('out of luck')],
  [500, ''],
  [200, error('something went wrong')],
  [200, { error: 'upstream gone' }],
  [200, error('slow down', { code: 429 })],
  [400, error('Rate limit reached', { code: 'rate_limit_exceeded' })],
  [400, error('The server is busy, try again later')],
  [403, error('API rate limit exceeded')],
  [503, error('Loading model', { type: 'unavailable_error', code: 503 })],
  [503, error('The model m is not available right now, try again later')],
  [500, error('Error code: 503 - overloaded')],
  [429, error('You exceeded your current quota. Please retry in 0.01s.')],
  [529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }],
  [200, `${piece}data: {"error": {"message": "engine died", "type": "server_error"}}\n\n`],
] as const)('%i %j passes', async (status, body) => {
  const { policy, server } = await policyAt([reply(status, body)]);
  expect(textOf(policy, (await ask(policy))[0])).toBe('ok');
  expect(server.received).toHaveLength(2);
  expect(log).toHaveLength(1);
});

test('an error without an end is read as far as it is needed', async () => {
  const endless: Behaviour = {
    does: 'reply',
    status: 400,
    chunks: ['too rude '.repeat(1000)],
    endless: true,
  };
  const { policy } = await policyAt([endless]);
  const failure = await failureOf(policy);
  expect(failure.message).toContain('too rude');
  expect(failure.message.length).toBeLessThan(600);
});
