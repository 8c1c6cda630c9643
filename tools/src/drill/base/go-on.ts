/** Continues trainings that were stopped, and compares the finished ones with the uninterrupted one. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { leftoversIn } from '../compare/leftovers.ts';
import { compareRuns } from '../compare/runs.ts';
import type { DrillContext } from './drill.ts';
import { endOf } from './command.ts';
import type { EndedCommand } from './command.ts';

/** Words that go on with a run, or begin it where what stopped it left nothing to go on with. */
export function goOn({ workplace }: DrillContext, run: string): readonly string[] {
  return existsSync(join(run, 'config.yaml')) ? ['train', '--resume', run] : workplace.train(run);
}

/** Compares a run that has ended with the uninterrupted one, and looks for leftovers. @param whole folder of the latter. */
export function compareWithWhole(
  { expect, count }: DrillContext,
  run: string,
  whole: string,
): void {
  for (const [promise, found] of Object.entries(compareRuns(run, whole))) expect(promise, found);
  expect('nothing half-written, unfinished or locked is left', leftoversIn(run));
  count('runs compared');
}

/** What is wrong with a command that should have succeeded; undefined when it did. */
export function failure(ended: EndedCommand): string | undefined {
  return ended.code === 0 ? undefined : endOf(ended);
}
