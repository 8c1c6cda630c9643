/** Ways in which a server answers one question badly, each with the result that Loci must give for that question and all others. */
import type { ServerResponse } from 'node:http';
import {
  answerInPieces,
  answerText,
  answerWell,
  answerWhole,
  beginAnswer,
  piece,
  refuse,
} from './answers.ts';
import type { ChatRequest, Reply } from './chat-server.ts';

/** A fault of a server. */
export interface Fault {
  readonly name: string;
  readonly reply: Reply;
  /** What becomes of the question. */
  readonly outcome: 'answered' | 'failed';
  /** What the reason of a failed one says. */
  readonly says?: RegExp;
}

/** Whether a client has gone or an answer has ended. */
const isOver = ({ destroyed, writableEnded }: ServerResponse): boolean =>
  destroyed || writableEnded;

/** Writes again and again. @param everyMs 0 writes as fast as it is read. */
function writeOn(response: ServerResponse, text: string, everyMs: number): void {
  const next = (): void => {
    if (isOver(response)) return;
    if (response.write(text)) setTimeout(next, everyMs);
    else response.once('drain', next);
  };
  next();
}

const drop: Reply = (request, response) => {
  beginAnswer(request, response);
  setTimeout(() => response.destroy(), 20);
};

const endEarly: Reply = (request, response) => {
  beginAnswer(request, response);
  response.end();
};

const garbage: Reply = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(Buffer.from(Array.from({ length: 2000 }, (_, at) => (at * 7919) % 256)));
};

const damagedJson: Reply = (request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(`{"choices": [{"message": {"content": "${answerText(request)}`);
};

const busy: Reply = (_request, response) =>
  refuse(response, 503, { message: 'The server is overloaded, please try again later' });

/** Faults that are gone at the next attempt. */
export const PASSING_FAULTS: readonly Fault[] = [
  { name: 'drops the connection mid-stream', reply: drop, outcome: 'answered' },
  { name: 'ends its stream without the sign', reply: endEarly, outcome: 'answered' },
  { name: 'damaged JSON', reply: damagedJson, outcome: 'answered' },
  { name: '503', reply: busy, outcome: 'answered' },
  {
    name: '429 with a short Retry-After',
    reply: (_request, response) =>
      refuse(response, 429, { message: 'Rate limit reached' }, { 'retry-after': '0.1' }),
    outcome: 'answered',
  },
];

const once =
  (reply: Reply): Reply =>
  (request, response) =>
    (request.attempt === 1 ? reply : answerWell)(request, response);

/** Faults of single questions. The key that a request brought comes back wherever a fault says so. */
export const FAULTS: readonly Fault[] = [
  ...PASSING_FAULTS.map(({ name, reply }): Fault => ({
    name: `${name}, once`,
    reply: once(reply),
    outcome: 'answered',
  })),
  { name: 'always drops mid-stream', reply: drop, outcome: 'failed', says: /connection broke/ },
  { name: 'never sends the end sign', reply: endEarly, outcome: 'failed', says: /broke off/ },
  { name: 'never answers', reply: () => undefined, outcome: 'failed', says: /said nothing for/ },
  {
    name: 'stops in the middle and stays',
    reply: beginAnswer,
    outcome: 'failed',
    says: /said nothing for/,
  },
  {
    name: 'drips for ever',
    reply: (_request, response) => writeOn(response, piece('.'), 200),
    outcome: 'failed',
    says: /maxAnswerSeconds/,
  },
  {
    name: 'sends without end',
    reply: (_request, response) => writeOn(response, piece('and so on '.repeat(50)), 0),
    outcome: 'failed',
    says: /maxAnswerBytes/,
  },
  { name: 'garbage', reply: garbage, outcome: 'failed', says: /where a chat completion should be/ },
  { name: 'damaged JSON, always', reply: damagedJson, outcome: 'failed', says: /no JSON|attempts/ },
  {
    name: 'a page in HTML',
    reply: (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html><body><h1>Welcome to the proxy</h1></body></html>');
    },
    outcome: 'failed',
    says: /Welcome to the proxy|attempts/,
  },
  {
    name: 'an answer without text',
    reply: (_request, response) => answerWhole('', response),
    outcome: 'failed',
    says: /without any text|no text|empty/i,
  },
  {
    name: 'a Retry-After of a century',
    reply: (_request, response) =>
      refuse(response, 429, { message: 'Slow down' }, { 'retry-after': '3155760000' }),
    outcome: 'failed',
    says: /asks to wait \d+ days.*maxWaitSeconds/,
  },
  {
    name: 'a refusal that lasts, as 400',
    reply: (_request, response) =>
      refuse(response, 400, {
        message: 'This prompt was flagged by moderation',
        code: 'content_policy_violation',
      }),
    outcome: 'failed',
    says: /flagged by moderation/,
  },
  {
    name: 'a refusal that lasts, as 500',
    reply: (_request, response) =>
      refuse(response, 500, {
        message: 'The prompt is too long: maximum context length is 4096 tokens',
      }),
    outcome: 'failed',
    says: /maximum context length/,
  },
  {
    name: 'a refusal that moves the cursor of a terminal',
    reply: (_request, response) =>
      refuse(response, 400, {
        message: 'Bad\u001b[2J\u009b prompt\u0007',
        code: 'x\u001b]0;y\u0007',
      }),
    outcome: 'failed',
    says: /Bad \[2J prompt/,
  },
  {
    name: 'one JSON object where pieces were asked for',
    reply: (request, response) => answerWhole(answerText(request), response),
    outcome: 'answered',
  },
  {
    name: 'echoes the key in an error, body and headers',
    reply: ({ key }, response) =>
      refuse(
        response,
        400,
        { message: `Bad request of Bearer ${key}`, code: key },
        { 'x-key': key },
      ),
    outcome: 'failed',
    says: /\[API key\]/,
  },
  {
    name: 'echoes the key in an answer',
    reply: (request, response) =>
      answerInPieces(`${answerText(request)} by ${request.key}`, response),
    outcome: 'answered',
  },
];

/** Whether a refusal is marked as permanent: such a question is asked once. */
export function lasts({ name }: Fault): boolean {
  return name.startsWith('a refusal that lasts');
}

/** A question without any fault. */
export const NO_FAULT: Fault = { name: 'none', reply: answerWell, outcome: 'answered' };

/** The faults by the question that met each, as a drill deals them out: every other question meets none. */
export function faultAt(order: readonly Fault[], { place }: ChatRequest): Fault {
  return place % 2 === 0 ? NO_FAULT : (order[(place - 1) / 2] ?? NO_FAULT);
}
