/** Records the cost of a judge in the run folder, so that a resumed run continues with the rest of its budget. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeError } from '@loci/core';
import { z } from 'zod';

const line = z.object({ cost: z.number().nonnegative() });

/** A record of costs. */
export interface SpendingFile {
  /** Cost in earlier processes. */
  readonly spentBefore: number;
  /** @throws LociError `disk-full`, `not-writable`. */
  note(spent: SpentOnce): void;
}

/** One paid verdict. */
export interface SpentOnce {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cost: number;
}

/** Opens the file, which the first line creates. A line that a killed process did not finish does not count. */
export function openSpendingFile(runDirectory: string): SpendingFile {
  const path = join(runDirectory, 'judge-spending.jsonl');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  let spentBefore = 0;
  for (const one of text.split('\n')) spentBefore += costIn(one);
  let lead = text === '' || text.endsWith('\n') ? '' : '\n';
  return {
    spentBefore,
    note(spent) {
      try {
        mkdirSync(dirname(path), { recursive: true });
        appendFileSync(path, `${lead}${JSON.stringify(spent)}\n`);
      } catch (cause) {
        throw writeError(path, cause);
      }
      lead = '';
    },
  };
}

function costIn(text: string): number {
  try {
    return line.safeParse(JSON.parse(text)).data?.cost ?? 0;
  } catch {
    return 0;
  }
}
