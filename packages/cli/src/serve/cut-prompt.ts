/**
 * Finds the completion in a query. OpenRLHF decodes prompt and completion together, special tokens included: the image and
 * video placeholders of the prompt are expanded, and the completion ends with its end token.
 */
import type { FinishReason } from '@loci/core';

/** Placeholders that a processor repeats for each patch. */
const MEDIA_TOKEN = /<\|image_pad\|>|<\|video_pad\|>|<image_soft_token>/g;

const MEDIA = new RegExp(MEDIA_TOKEN.source);

/** Tokens with which models end a turn, and may pad after it. */
const END_TOKEN =
  /<\|(?:im_end|endoftext|eot_id|eom_id|end_of_text|end|eos)\|>|<(?:end_of_turn|turn\||eos)>|<\/s>|<｜end▁of▁sentence｜>/u;
/** Tokens that only pad. */
const PAD_TOKEN =
  /<\|?(?!image_pad|video_pad)[\w▁-]*pad(?:_id|_token|ding)?[\w▁-]*\|?>|<｜▁pad▁｜>|\[PAD\]|<unk>/iu;
/** Such a token at the end of a text, with the line break that a template adds. */
const AT_END = new RegExp(`(${END_TOKEN.source}|${PAD_TOKEN.source})\\s*$`, 'iuy');
/** Most characters of such a token, with blanks. */
const REACH = 48;
/** A text in the form of a special token. Before a prompt it is padding, or a begin-of-text token. */
const SPECIAL_TOKEN = /\s*(?:<[|｜]?[^<>\s]{1,40}>|\[[A-Z_]{1,20}\])/uy;
const PADDING = new RegExp(`\\s*(?:${END_TOKEN.source}|${PAD_TOKEN.source})`, 'iuy');
/** Most padding tokens before a prompt; a batch may pad by thousands. */
const MOST_PADDING = 100_000;

/** A completion without its prompt and its end token. */
export interface CutCompletion {
  readonly text: string;
  /** `length` where no end token was found. */
  readonly finishReason: FinishReason;
}

/**
 * The completion of a query; undefined when the query does not start with its prompt. Padding is ignored before the prompt, between the
 * two, and after the completion.
 */
export function cutPrompt(query: string, prompt: string): CutCompletion | undefined {
  const start = startOf(query, prompt) ?? otherStart(query, prompt);
  return start === undefined ? undefined : cutCompletion(query.slice(start));
}

/** The same for a text without a prompt. */
export function cutCompletion(completion: string): CutCompletion {
  return withoutEnd(completion.slice(endOfPadding(completion)));
}

/** The end of a prompt that a tokenizer has normalized, that follows padding, or both. */
function otherStart(query: string, prompt: string): number | undefined {
  const normal = prompt.normalize('NFC');
  if (normal === prompt) return paddedStart(query, prompt);
  return startOf(query, normal) ?? paddedStart(query, prompt) ?? paddedStart(query, normal);
}

/** The end of the prompt in a query that has special tokens before it. */
function paddedStart(query: string, prompt: string): number | undefined {
  const bare = prompt.slice(endOfPadding(prompt));
  if (bare === '') return undefined;
  let place = 0;
  for (let tokens = 0; tokens < MOST_PADDING; tokens++) {
    const found = startOf(query, bare, place);
    if (found !== undefined) return found;
    SPECIAL_TOKEN.lastIndex = place;
    const token = SPECIAL_TOKEN.exec(query);
    if (token === null || MEDIA.test(token[0])) return undefined;
    place += token[0].length;
  }
  return undefined;
}

function endOfPadding(text: string): number {
  let end = 0;
  for (;;) {
    PADDING.lastIndex = end;
    const token = PADDING.exec(text);
    if (token === null) return end;
    end += token[0].length;
  }
}

/** The end of the prompt in the query, which may repeat placeholders of the prompt more often. */
function startOf(query: string, prompt: string, from = 0): number | undefined {
  let matched = 0;
  let read = from;
  for (const { 0: token, index } of prompt.matchAll(MEDIA_TOKEN)) {
    if (index < matched) continue; // a repetition that is already read
    const piece = prompt.slice(matched, index + token.length);
    if (!query.startsWith(piece, read)) return undefined;
    matched = endOfRun(prompt, token, index);
    read = endOfRun(query, token, read + piece.length);
  }
  const rest = prompt.slice(matched);
  return query.startsWith(rest, read) ? read + rest.length : undefined;
}

/** The end of the repetitions of a token from a position on. */
function endOfRun(text: string, token: string, start: number): number {
  let end = start;
  while (text.startsWith(token, end)) end += token.length;
  return end;
}

function withoutEnd(completion: string): CutCompletion {
  let end = completion.length;
  let finishReason: FinishReason = 'length';
  for (;;) {
    const tail = completion.slice(Math.max(0, end - REACH), end);
    // Every such token begins with one of these characters and has none inside.
    AT_END.lastIndex = Math.max(0, tail.lastIndexOf('<'), tail.lastIndexOf('['));
    const [all, token] = AT_END.exec(tail) ?? [];
    if (all === undefined || token === undefined) break;
    if (ENDS.test(token)) finishReason = 'stop';
    end -= all.length;
  }
  return { text: completion.slice(0, end), finishReason };
}

const ENDS = new RegExp(`^(?:${END_TOKEN.source})$`, 'iu');
