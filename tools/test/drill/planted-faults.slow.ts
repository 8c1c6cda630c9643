/** A whole drill against a stand-in of the command line finds each fault that is planted. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { drill } from './drill-fake.ts';

jest.setTimeout(120_000);

afterEach(() => {
  delete process.env['LOCI_FAKE_FAULT'];
});

test.each([
  ['metric', /metrics of an uninterrupted one/, /^step \d: loss\/total is [\d.]+ and was [\d.]+$/],
  ['leftover', /nothing half-written/, /metrics\.jsonl\.tmp/],
])('a planted fault is found: %s', async (fault, promise, found) => {
  const { result, said } = await drill(fault, 2, true);
  const broken = result.broken.find((one) => promise.test(one.promise));
  expect(broken).toMatchObject({
    found: expect.stringMatching(found),
    round: expect.any(Number),
  });
  expect(existsSync(join(broken!.folder!, 'run/metrics.jsonl'))).toBe(true);
  expect(said.some((line) => line.startsWith('kill-training: BROKEN: '))).toBe(true);
});
