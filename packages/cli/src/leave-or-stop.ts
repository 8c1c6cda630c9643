/** Decides whether a job elsewhere continues when this command is interrupted: the user chooses; without a terminal, it continues. */
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import type { Trainer } from '@loci/core';
import type { StopReason } from './interrupt.ts';

/** The terminal that asks the user. */
export interface Console {
  readonly input: Readable & { readonly isTTY?: boolean | undefined };
  readonly output: Writable & { readonly isTTY?: boolean | undefined };
}

const QUESTION =
  'the job continues by itself. Enter leaves it running, s and Enter stops it (Ctrl-C again: leave at once): ';

/** Asks after Ctrl-C at a terminal. Any other reason, such as a closed terminal, leaves the job running. */
export async function leaveOrStop(
  trainer: Pick<Trainer, 'stop' | 'leave'>,
  reason: StopReason,
  { input, output }: Console = { input: process.stdin, output: process.stderr },
): Promise<void> {
  const canAsk = reason === 'SIGINT' && input.isTTY === true && output.isTTY === true;
  if (!canAsk) {
    trainer.leave?.();
    return;
  }
  const lines = createInterface({ input, output });
  // A terminal that closes during the question counts as an empty answer.
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  lines.once('SIGINT', () => process.exit(130));
  const answer = await Promise.race([lines.question(`\n${QUESTION}`), closed]);
  lines.close();
  if (/^s(?:top)?$/iu.test(answer.trim())) trainer.stop();
  else trainer.leave?.();
}
