import { expect, test } from '@jest/globals';
import { withResult } from '../src/io.ts';
import { openScreen } from './support/screen.ts';

test('without --json a command prints words and keeps no result', () => {
  const io = { out: process.stdout, userDirectory: '/' };
  expect(withResult(io, {})).toBe(io);
});

test('with --json only the result reaches the output, maps as objects', () => {
  const { terminal, written } = openScreen(80);
  const io = withResult({ out: terminal, userDirectory: '/' }, { json: true });
  expect(io.out).toBe(process.stderr);
  io.result?.({ sorts: new Map([['counting', 3]]) });
  expect(JSON.parse(written())).toEqual({ sorts: { counting: 3 } });
});
