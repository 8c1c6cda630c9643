import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { factsOf } from '@loci/benchmarks';
import { benchmarksHtml, readBenchmarks } from '../../src/report/benchmarks.ts';

test('a figure without items stays absent when a report of version 1 is read again', () => {
  const run = mkdtempSync(join(tmpdir(), 'loci-run-'));
  const folder = join(run, 'evaluations/video-mme/step-000050');
  mkdirSync(folder, { recursive: true });
  const nothing = { value: NaN, count: 0, low: NaN, high: NaN };
  const result = {
    ...{ scorer: 'official', description: '', headline: nothing, sections: {} },
    ...{ items: 3, unanswered: 3, uncounted: 3, referenceErrors: { count: 0 } },
  };
  const report = { items: 3, passes: { 'as-filmed': [result] } };
  writeFileSync(
    join(folder, 'report.json'),
    JSON.stringify({ facts: factsOf('video-mme'), report }),
  );
  const read = readBenchmarks(run);
  const conditions = { 'as-filmed': { scorers: [result] } };
  expect(read[0]).toMatchObject({ name: 'video-mme', step: 50, report: { items: 3, conditions } });
  const cells = [...benchmarksHtml(read)!.markup.matchAll(/<td[^>]*>([^<]*)<\/td>/g)];
  expect(cells[0]![1]).toBe('–');
});
