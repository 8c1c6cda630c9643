/**
 * Finding the completion in a query. OpenRLHF decodes prompt and completion together, special tokens included: the image and
 * video placeholders of the prompt have been expanded, and the completion ends with its end token.
 */
import type { FinishReason } from '@loci/core';

/** Placeholders that a processor repeats once a patch. */
const MEDIA_TOKEN = /<\|image_pad\|>|<\|video_pad\|>|<image_soft_token>/g;

/** What models end a turn with, and pad with behind it. */
const END_TOKENS = [
  '<|im_end|>',
  '<|endoftext|>',
  '<|eot_id|>',
  '<|end_of_text|>',
  '<end_of_turn>',
  '<turn|>',
  '<eos>',
  '<pad>',
  '</s>',
];

/** A completion without the prompt before it and the end token behind it. */
export interface CutCompletion {
  readonly text: string;
  /** `length` where no end token was found. */
  readonly finishReason: FinishReason;
}

/** The completion of a query; undefined when the query does not start with its prompt. */
export function cutPrompt(query: string, prompt: string): CutCompletion | undefined {
  const start = startOf(query, prompt) ?? startOf(query, prompt.normalize('NFC'));
  return start === undefined ? undefined : withoutEnd(query.slice(start));
}

/** Where the prompt ends in the query; its placeholders may stand there more often than in the prompt. */
function startOf(query: string, prompt: string): number | undefined {
  let asked = 0;
  let read = 0;
  for (const { 0: token, index } of prompt.matchAll(MEDIA_TOKEN)) {
    if (index < asked) continue; // of a run that has been read
    const piece = prompt.slice(asked, index + token.length);
    if (!query.startsWith(piece, read)) return undefined;
    asked = endOfRun(prompt, token, index);
    read = endOfRun(query, token, read + piece.length);
  }
  const rest = prompt.slice(asked);
  return query.startsWith(rest, read) ? read + rest.length : undefined;
}

/** Where repetitions of a token from a place on end. */
function endOfRun(text: string, token: string, start: number): number {
  let end = start;
  while (text.startsWith(token, end)) end += token.length;
  return end;
}

function withoutEnd(completion: string): CutCompletion {
  let text = completion;
  for (;;) {
    const token = END_TOKENS.find((end) => text.endsWith(end));
    if (token === undefined) break;
    text = text.slice(0, -token.length);
  }
  return { text, finishReason: text.length < completion.length ? 'stop' : 'length' };
}
