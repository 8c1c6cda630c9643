/**
 * Answers kept on disk, so that nothing is asked and paid for twice. The key is a digest of the whole request, media included, and of
 * the address; the API key is in neither.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  LociError,
  messageOf,
  saysNothing,
  splitThinking,
  writeError,
  writeFileAtomically,
} from '@loci/core';
import { z } from 'zod';
import { chatAnswer } from './chat-answer.ts';
import type { ChatAnswer } from './chat-answer.ts';

/** Kept answers. Several processes may share a folder: each answer is a file of its own, which appears whole; of two that are kept under one key, the later stays. */
export interface AnswerCache {
  /**
   * The answer under a key; undefined when there is none, a damaged one, or one that says nothing.
   *
   * @throws LociError `cache-unreadable` when the file is there and cannot be read: the answer would be paid for again.
   */
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
  const cleared = new Set<string>();
  const fileOf = (key: string) => join(folder, key.slice(0, 2), `${key}.json`);
  return {
    async find(key) {
      const text = await readKept(fileOf(key));
      if (text === undefined) return undefined;
      const found = entry.safeParse(parse(text));
      if (!found.success || found.data.key !== key) return undefined;
      const { answer } = found.data;
      return saysNothing(splitThinking(answer.answer ?? answer.text).answer) ? undefined : answer;
    },
    async keep(key, answer) {
      const file = fileOf(key);
      await mkdir(dirname(file), { recursive: true }).catch((cause: unknown) => {
        throw writeError(folder, cause);
      });
      if (!cleared.has(dirname(file))) {
        cleared.add(dirname(file));
        await removeHalfAnswers(dirname(file));
      }
      const text = `${JSON.stringify({ format: FORMAT, key, answer })}\n`;
      await writeFileAtomically(file, [new TextEncoder().encode(text)]);
    },
  };
}

/** Age at which a half-written answer has no writer any more: writing one takes milliseconds. */
const ABANDONED_MS = 600_000;

/** Removes what killed processes were writing; the folder is shared, so a young file may belong to one at work. */
async function removeHalfAnswers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.tmp')) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(path, { force: true });
  }
}

async function readKept(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new LociError(
      'cache-unreadable',
      `The kept answer ${file} cannot be read: ${messageOf(cause)}. Mend that, or name another folder with policy.cache`,
      { cause },
    );
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
