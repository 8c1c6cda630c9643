/** The report that `assets/preflight.py` prints: the raw findings of every node. */
import { LociError, messageOf } from '@loci/core';
import { z } from 'zod';

/** Start of the line with the report. */
const REPORT_MARK = 'LOCI-PREFLIGHT ';

const outcome = z.object({ ok: z.boolean(), text: z.string() });

const node = z.object({
  address: z.string(),
  gpus: z.int().nonnegative(),
  /** Set where the node did not answer; everything else is missing then. */
  error: z.string().optional(),
  host: z.string().default(''),
  python: z.string().default(''),
  versions: z.record(z.string(), z.string().nullable()).default({}),
  storage: outcome.optional(),
  media: z.array(outcome.extend({ path: z.string() })).default([]),
  probe: outcome.nullish(),
});

const report = z.object({
  nodes: z.array(node),
  written: outcome.nullish(),
  tokenizer: z
    .union([
      z.object({ ok: z.literal(true), kept: z.record(z.string(), z.boolean()) }),
      z.object({ ok: z.literal(false), text: z.string() }),
    ])
    .nullish(),
});

/** Findings of one node. */
export type NodeReport = z.output<typeof node>;

/** Findings of all nodes, and of the head. */
export type PreflightReport = z.output<typeof report>;

/**
 * The report in the log of a preflight.
 *
 * @returns Undefined for a log without one.
 * @throws LociError `preflight-unreadable`.
 */
export function reportIn(log: string): PreflightReport | undefined {
  const line = log.split('\n').findLast((text) => text.includes(REPORT_MARK));
  if (line === undefined) return undefined;
  try {
    return report.parse(JSON.parse(line.slice(line.indexOf(REPORT_MARK) + REPORT_MARK.length)));
  } catch (thrown) {
    throw new LociError(
      'preflight-unreadable',
      `The report of the preflight cannot be read (${messageOf(thrown)}): another version of Loci may have written it. Try again`,
      { cause: thrown },
    );
  }
}
