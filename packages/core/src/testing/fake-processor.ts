/** A tokenizer of a few words and a "vision" that sees of a file nothing but its path: enough to exercise a whole run. */
import { LociError } from '../errors/loci-error.ts';
import { deriveSeed, permutation, randomStream } from '../random/seed.ts';
import type {
  EncodedMedia,
  EncodedPrompt,
  FrameTreatment,
  MediaReference,
  Message,
  Processor,
} from '../spec/index.ts';

const END = 0;
const PAD = 1;
const UNKNOWN = 2;
const MEDIA = 3;
const SPECIAL = ['', '', '\ufffd', ''];

const WORDS = [
  ...['<think>', '</think>', '<answer>', '</answer>', '<map>', '</map>'],
  ...Array.from('ABCD0123456789. {}[],:"\n'),
];

/** Values of one row of patches: channels · 2 · 14 · 14. */
const PATCH_VALUES = 1176;
const FRAMES = 4;

/** Vocabulary and limit of a fake processor. */
export interface FakeProcessorOptions {
  /** Tokens beside the four special ones; longer ones win where several match. */
  readonly words?: readonly string[];
  /** Longer prompts are refused. */
  readonly maxPromptTokens?: number;
  /** What its "chat template" writes at the end of every prompt. */
  readonly opened?: string;
}

/** A processor whose vocabulary is a few words; media become a few patches. */
export function fakeProcessor(options: FakeProcessorOptions = {}): Processor {
  const words = [...SPECIAL, ...(options.words ?? WORDS)];
  const ids = new Map(words.map((word, id) => [word, id]));
  const byLength = words.slice(SPECIAL.length).sort((a, b) => b.length - a.length);
  const maxPromptTokens = options.maxPromptTokens ?? 4096;

  function tokenize(text: string): Int32Array {
    const tokens: number[] = [];
    for (let start = 0; start < text.length;) {
      const word = byLength.find((candidate) => text.startsWith(candidate, start));
      tokens.push(word === undefined ? UNKNOWN : ids.get(word)!);
      start += word?.length ?? 1;
    }
    return Int32Array.from(tokens);
  }

  return {
    stopTokenIds: [END],
    padTokenId: PAD,
    vocabularySize: words.length,
    tokenize,
    detokenize: (tokenIds) => Array.from(tokenIds, (id) => words[id] ?? '').join(''),
    async encode(messages, frames = { kind: 'as-filmed' }): Promise<EncodedPrompt> {
      const media: EncodedMedia[] = [];
      const tokens: number[] = [];
      for (const part of messages.flatMap((message: Message) => message.parts)) {
        if (part.type === 'text') {
          tokens.push(...tokenize(part.text));
        } else {
          media.push(encodeMedia(part.media, frames));
          tokens.push(...Array.from({ length: FRAMES }, () => MEDIA));
        }
      }
      tokens.push(...tokenize(options.opened ?? ''));
      if (tokens.length > maxPromptTokens) {
        throw new LociError(
          'prompt-too-long',
          `The prompt has ${tokens.length} tokens, the model takes ${maxPromptTokens}`,
        );
      }
      return { tokenIds: Int32Array.from(tokens), media, opened: options.opened };
    },
  };
}

function encodeMedia({ kind, path }: MediaReference, frames: FrameTreatment): EncodedMedia {
  const random = randomStream(deriveSeed(0, path));
  const shades = Array.from({ length: FRAMES }, () => random());
  const patches = new Float32Array(FRAMES * PATCH_VALUES);
  for (const [row, frame] of orderOf(frames).entries()) {
    const shade = frames.kind === 'blank' ? 0 : shades[frame]!;
    // A patch has no left and right; its negative stands for the mirrored one.
    const sign = frames.kind === 'mirrored' ? -1 : 1;
    patches.fill(sign * shade, row * PATCH_VALUES, (row + 1) * PATCH_VALUES);
  }
  return { kind, patches, grid: [FRAMES, 1, 1], secondsPerGrid: 1 };
}

function orderOf(frames: FrameTreatment): readonly number[] {
  const straight = Array.from({ length: FRAMES }, (_, frame) => frame);
  if (frames.kind === 'shuffled') return Array.from(permutation(FRAMES, frames.seed));
  return frames.kind === 'reversed' ? straight.reverse() : straight;
}
