import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { leaveOrStop } from '../src/leave-or-stop.ts';
import type { StopReason } from '../src/interrupt.ts';

async function answered(
  reason: StopReason,
  isTTY: boolean,
  answer?: string,
): Promise<{ done: string; asked: string }> {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = Object.assign(new PassThrough(), { isTTY });
  let done = '';
  const trainer = { stop: () => void (done += 'stop'), leave: () => void (done += 'leave') };
  const asking = leaveOrStop(trainer, reason, { input, output });
  if (answer === undefined) input.end();
  else input.write(answer);
  await asking;
  return { done, asked: String(output.read() ?? '') };
}

test.each([
  ['s\n', 'stop'],
  ['stop\n', 'stop'],
  ['\n', 'leave'],
  ['no\n', 'leave'],
  [undefined, 'leave'],
])('after Ctrl-C at a terminal, the answer %j means: %s', async (answer, done) => {
  const found = await answered('SIGINT', true, answer);
  expect(found.done).toBe(done);
  expect(found.asked).toContain('Enter leaves it running');
});

test.each([
  ['SIGINT', false],
  ['SIGHUP', true],
  ['SIGTERM', true],
  ['closed output', true],
] as const)('%s with a terminal %s leaves the job running, unasked', async (reason, isTTY) => {
  expect(await answered(reason, isTTY, 's\n')).toEqual({ done: 'leave', asked: '' });
});
