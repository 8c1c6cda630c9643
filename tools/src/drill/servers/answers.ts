/** Forms in which a chat server answers, good ones and the beginnings of bad ones. */
import type { ServerResponse } from 'node:http';
import type { ChatRequest } from './chat-server.ts';

const EVENTS = { 'content-type': 'text/event-stream' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** One piece of an answer that comes in pieces. @param finish why it ends, with the last one. */
export function piece(content: string, finish: string | null = null): string {
  const delta = { index: 0, delta: { content }, finish_reason: finish };
  return `data: ${JSON.stringify({ model: 'drill-1', choices: [delta] })}\n\n`;
}

/** The text of a good answer to a question about rooms. */
export function answerText({ answer }: ChatRequest): string {
  return `<answer>${answer}</answer>`;
}

/** Answers well, in the form that was asked for. */
export function answerWell(request: ChatRequest, response: ServerResponse): void {
  if (request.stream) answerInPieces(answerText(request), response);
  else answerWhole(answerText(request), response);
}

/** Answers in pieces, with the sign at their end. */
export function answerInPieces(text: string, response: ServerResponse): void {
  response.writeHead(200, EVENTS);
  for (const part of text.match(/.{1,7}/gs) ?? []) response.write(piece(part));
  response.write(piece('', 'stop'));
  response.end('data: [DONE]\n\n');
}

/** Answers as one JSON object. */
export function answerWhole(text: string, response: ServerResponse): void {
  const choice = { index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' };
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
  response.writeHead(200, JSON_TYPE);
  response.end(JSON.stringify({ model: 'drill-1', choices: [choice], usage }));
}

/** Begins an answer in pieces, and goes no further than its first half. */
export function beginAnswer(request: ChatRequest, response: ServerResponse): void {
  response.writeHead(200, EVENTS);
  const text = answerText(request);
  response.write(piece(text.slice(0, Math.ceil(text.length / 2))));
}

/** Refuses, as OpenAI words it. */
export function refuse(
  response: ServerResponse,
  status: number,
  error: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...JSON_TYPE, ...headers });
  response.end(JSON.stringify({ error }));
}
