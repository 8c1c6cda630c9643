/**
 * Caches answers on disk, so that nobody pays twice for one request. The key is a digest of the address and the whole request, media
 * included, but without the API key.
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
import { chatAnswer } from './chat-completion.ts';
import type { ChatAnswer } from './chat-completion.ts';

/**
 * Cached answers. Several processes may share a folder: each answer is a file of its own, which appears whole. Of two answers under one key
 * the later stays.
 */
export interface AnswerCache {
  /**
   * The answer under a key; undefined when there is none, a damaged one, or an empty one.
   *
   * @throws LociError `cache-unreadable` when the file exists but cannot be read: the user would pay for the answer again.
   */
  find(key: string): Promise<ChatAnswer | undefined>;
  /** @throws LociError `disk-full` or `not-writable`. */
  keep(key: string, answer: ChatAnswer): Promise<void>;
}

/** Goes up when cached answers of earlier releases must not be used any more. */
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

/** A cache in a folder. The first answer creates the folder. */
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

/** A half-written answer of this age has no writer any more: writing one takes milliseconds. */
const ABANDONED_MS = 600_000;

/** Removes the files that killed processes left half-written. A young one may belong to a process at work, since folders are shared. */
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
      `The cached answer ${file} cannot be read: ${messageOf(cause)}. Make it readable, or name another folder with policy.cache`,
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
