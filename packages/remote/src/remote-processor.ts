/**
 * The processor of a model behind a server. Messages become parts of a request, and text stays text: the server keeps the model's tokens to
 * itself, so one byte of UTF-8 counts as one token here. Real token counts come from the server.
 */
import { LociError } from '@loci/core';
import type {
  EncodedPrompt,
  FrameSelection,
  FrameTreatment,
  MediaReference,
  Message,
  Processor,
  ShownMedia,
} from '@loci/core';
import type { ChatMessage, ChatPart } from './chat-completion.ts';

/** A medium as a request shows it. */
export interface PresentedMedia {
  readonly parts: readonly ChatPart[];
  readonly shown: ShownMedia;
  /** Estimated tokens, to keep within a limit. */
  readonly tokens: number;
}

/** Turns media into parts of a request. */
export type MediaPresenter = (
  media: MediaReference,
  treatment: FrameTreatment,
  selection: FrameSelection | undefined,
  as?: 'video' | 'images',
) => Promise<PresentedMedia>;

/** A prompt as a request sends it. */
export interface RemotePrompt {
  readonly messages: readonly ChatMessage[];
  /** An estimate, to keep within limits. */
  readonly expectedTokens: number;
}

/** A processor that finds the messages of each prompt that it encoded. */
export interface RemoteProcessor extends Processor {
  /** @throws LociError `prompt-foreign` for a prompt of another processor. */
  remotePrompt(prompt: EncodedPrompt): RemotePrompt;
}

/** English text has about four bytes a token. */
const BYTES_PER_TOKEN = 4;

/** A processor that shows media through a presenter. */
export function remoteProcessor(present: MediaPresenter): RemoteProcessor {
  const prompts = new WeakMap<EncodedPrompt, RemotePrompt>();

  return {
    stopTokenIds: [END_TOKEN],
    padTokenId: PAD_TOKEN,
    vocabularySize: BYTE_VOCABULARY,
    tokenize: tokensOfText,
    detokenize: textOfTokens,
    async encode(messages: readonly Message[], treatment = { kind: 'as-filmed' }) {
      let expectedTokens = 0;
      const sent: ChatMessage[] = [];
      const shown: ShownMedia[] = [];
      for (const { role, parts } of messages) {
        const content: ChatPart[] = [];
        for (const part of parts) {
          if (part.type === 'text') {
            content.push({ type: 'text', text: part.text });
            expectedTokens += Math.ceil(Buffer.byteLength(part.text) / BYTES_PER_TOKEN);
          } else {
            const presented = await present(part.media, treatment, part.frames, part.as);
            content.push(...presented.parts);
            shown.push(presented.shown);
            expectedTokens += presented.tokens;
          }
        }
        const [only] = content;
        const isText = content.length === 1 && only?.type === 'text';
        sent.push({ role, content: isText ? only.text : content });
      }
      const texts = messages.flatMap(({ parts }) =>
        parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])),
      );
      const prompt: EncodedPrompt = { tokenIds: tokensOfText(texts.join('\n')), media: [], shown };
      prompts.set(prompt, { messages: sent, expectedTokens });
      return prompt;
    },
    remotePrompt(prompt) {
      const found = prompts.get(prompt);
      if (found) return found;
      throw new LociError(
        'prompt-foreign',
        'A model behind a server takes only prompts that its own processor encoded',
      );
    },
  };
}

/** Marks the end of a completion that the model ended itself. */
export const END_TOKEN = 256;
/** Fills rows. */
export const PAD_TOKEN = 257;
/** Bytes, end and padding. */
const BYTE_VOCABULARY = 258;

/** One token a byte. */
export function tokensOfText(text: string): Int32Array {
  return Int32Array.from(new TextEncoder().encode(text));
}

/** The text of the tokens, without end and padding. */
function textOfTokens(tokenIds: Int32Array): string {
  return new TextDecoder().decode(Uint8Array.from(tokenIds.filter((id) => id < END_TOKEN)));
}
