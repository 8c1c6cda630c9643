/** The processor of a model behind an interface: messages become parts of a request, and text stays text. */
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
import { BYTE_VOCABULARY, END_TOKEN, PAD_TOKEN, textOfTokens, tokensOfText } from './byte-text.ts';
import type { ChatMessage, ChatPart } from './chat-request.ts';

/** A medium as a request shows it. */
export interface PresentedMedia {
  readonly parts: readonly ChatPart[];
  readonly shown: ShownMedia;
  /** A guess at the tokens that the model makes of it, to keep within a limit. */
  readonly tokens: number;
}

/** Turns media into parts of a request. */
export type MediaPresenter = (
  media: MediaReference,
  treatment: FrameTreatment,
  selection: FrameSelection | undefined,
  as?: 'video' | 'images',
) => Promise<PresentedMedia>;

/** A prompt as it is sent. */
export interface RemotePrompt {
  readonly messages: readonly ChatMessage[];
  /** A guess, for limits. */
  readonly expectedTokens: number;
}

/** A processor that knows what to send for a prompt which it encoded. */
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
        'A model behind an interface takes prompts that its own processor encoded, and no token ids of another',
      );
    },
  };
}
