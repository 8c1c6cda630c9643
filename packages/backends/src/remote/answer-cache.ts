/**
 * Answers kept on disk, so that nothing is asked and paid for twice. The key is a digest of the whole request, media included, and of
 * the address; the API key is in neither.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeError } from '@loci/core';
import { z } from 'zod';
import { writeFileAtomically } from '../model/atomic-file.ts';
import { chatAnswer } from './chat-answer.ts';
import type { ChatAnswer } from './chat-answer.ts';

/** Kept answers. Several processes may share a folder. */
export interface AnswerCache {
  /** The answer under a key; undefined when there is none, or none that can be read. */
  find(key: string): Promise<ChatAnswer | undefined>;
  /** @throws LociError `disk-full` or `not-writable`. */
  keep(key: string, answer: ChatAnswer): Promise<void>;
}

/** Changes when the same request would have to be asked again. */
const FORMAT = 2;

const entry = z.strictObject({ format: z.literal(FORMAT), key: z.string(), answer: chatAnswer });

/**
 * A key for a request.
 *
 * @param draw which of several draws from the same request; they must differ unless decoding is greedy.
 */
export function answerKey(address: string, body: unknown, draw: number): string {
  return createHash('sha256')
    .update(JSON.stringify([FORMAT, address, draw, body]))
    .digest('hex');
}

/** A cache in a folder, which is made with the first answer. */
export function openAnswerCache(folder: string): AnswerCache {
  const fileOf = (key: string) => join(folder, key.slice(0, 2), `${key}.json`);
  return {
    async find(key) {
      const text = await readFile(fileOf(key), 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      const found = entry.safeParse(parse(text));
      return found.success && found.data.key === key ? found.data.answer : undefined;
    },
    async keep(key, answer) {
      const file = fileOf(key);
      await mkdir(dirname(file), { recursive: true }).catch((cause: unknown) => {
        throw writeError(folder, cause);
      });
      const text = `${JSON.stringify({ format: FORMAT, key, answer })}\n`;
      await writeFileAtomically(file, [new TextEncoder().encode(text)]);
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
