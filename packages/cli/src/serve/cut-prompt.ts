/**
 * Finding the completion in a query. OpenRLHF decodes prompt and completion together, special tokens included: the image and
 * video placeholders of the prompt have been expanded, and the completion ends with its end token.
 */
import type { FinishReason } from '@loci/core';

/** Placeholders that a processor repeats once a patch. */
const MEDIA_TOKEN = /<\|image_pad\|>|<\|video_pad\|>|<image_soft_token>/g;

const MEDIA = new RegExp(MEDIA_TOKEN.source);

/** What models end a turn with, and pad with behind it. */
const END_TOKEN =
  /<\|(?:im_end|endoftext|eot_id|eom_id|end_of_text|end|eos)\|>|<(?:end_of_turn|turn\||eos)>|<\/s>|<｜end▁of▁sentence｜>/u;
/** What nothing but padding is. */
const PAD_TOKEN =
  /<\|?(?!image_pad|video_pad)[\w▁-]*pad(?:_id|_token|ding)?[\w▁-]*\|?>|<｜▁pad▁｜>|\[PAD\]|<unk>/iu;
/** A token that ends a text, from where it begins, with the line end that a template puts behind it. */
const AT_END = new RegExp(`(${END_TOKEN.source}|${PAD_TOKEN.source})\\s*$`, 'iuy');
/** Longest of them, with blanks. */
const REACH = 48;
/** Something that looks like a special token; in front of a prompt it is padding, or the sign that a text begins. */
const SPECIAL_TOKEN = /\s*(?:<[|｜]?[^<>\s]{1,40}>|\[[A-Z_]{1,20}\])/uy;
const PADDING = new RegExp(`\\s*(?:${END_TOKEN.source}|${PAD_TOKEN.source})`, 'iuy');
/** Places where a prompt is looked for behind padding; a batch pads by thousands. */
const MOST_PADDING = 100_000;

/** A completion without the prompt before it and the end token behind it. */
export interface CutCompletion {
  readonly text: string;
  /** `length` where no end token was found. */
  readonly finishReason: FinishReason;
}

/**
 * The completion of a query; undefined when the query does not start with its prompt. Padding is passed over on both sides: before
 * the prompt, whether it has some itself or not, between the two, and behind the completion.
 */
export function cutPrompt(query: string, prompt: string): CutCompletion | undefined {
  const start = startOf(query, prompt) ?? otherStart(query, prompt);
  return start === undefined ? undefined : cutCompletion(query.slice(start));
}

/** The same of a text that no prompt stands before. */
export function cutCompletion(completion: string): CutCompletion {
  return withoutEnd(completion.slice(endOfPadding(completion)));
}

/** Where a prompt ends that a tokenizer has normalized, that padding stands before, or both. */
function otherStart(query: string, prompt: string): number | undefined {
  const normal = prompt.normalize('NFC');
  if (normal === prompt) return paddedStart(query, prompt);
  return startOf(query, normal) ?? paddedStart(query, prompt) ?? paddedStart(query, normal);
}

/** Where the prompt ends in a query that has special tokens before it. */
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

/** Where the prompt ends in the query; its placeholders may stand there more often than in the prompt. */
function startOf(query: string, prompt: string, from = 0): number | undefined {
  let asked = 0;
  let read = from;
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
  let end = completion.length;
  let finishReason: FinishReason = 'length';
  for (;;) {
    const tail = completion.slice(Math.max(0, end - REACH), end);
    // All of them begin with one of these signs, and none has another inside.
    AT_END.lastIndex = Math.max(0, tail.lastIndexOf('<'), tail.lastIndexOf('['));
    const [all, token] = AT_END.exec(tail) ?? [];
    if (all === undefined || token === undefined) break;
    if (ENDS.test(token)) finishReason = 'stop';
    end -= all.length;
  }
  return { text: completion.slice(0, end), finishReason };
}

const ENDS = new RegExp(`^(?:${END_TOKEN.source})$`, 'iu');
