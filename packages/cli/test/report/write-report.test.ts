import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { RolloutLine } from '@loci/core';
import { readRun } from '../../src/report/read-run.ts';
import { writeReport } from '../../src/report/write-report.ts';
import { writeSyntheticRun } from './synthetic-run.ts';

describe('report', () => {
  let directory: string;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'loci-report-'));
    await writeSyntheticRun(directory);
  });

  test('is one page with curves, evaluation, frames, maps and rollouts, and the reward curve alone', async () => {
    const path = await writeReport(directory);
    expect(path).toBe(join(directory, 'report.html'));
    const page = readFileSync(path, 'utf8');
    for (const text of [
      'The reward rose from 1.',
      'On the same 2 held-out questions, the score of the answers rose from 50.0\u00a0% before to 75.0\u00a0% after',
      'KL to the start model',
      'Length of completions',
      'Entropy',
      'difference of log-probabilities',
      'What each reward adds',
      'Groups that taught nothing',
      'all correct',
      '12.5 %',
      'true map',
      'imagined map, true as rings',
      'Best rollouts',
      'Worst rollouts',
      'right on the spot',
      'gate closed: answer/relative is 0.3, not above 0.5',
      '+0.250',
    ]) {
      expect(page).toContain(text);
    }
    expect(page).toContain('data:image/jpeg;base64,');
    expect(page).toContain('1 &lt; 2&lt;/think&gt;');
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    expect(readFileSync(join(directory, 'reward.svg'), 'utf8')).toMatch(/^<svg/);
  });

  test('a rollout of several media shows them all', async () => {
    const picturesOf = (page: string) => page.split('data:image/jpeg;base64,').length - 1;
    const path = join(directory, 'rollouts.jsonl');
    const before = picturesOf(readFileSync(await writeReport(directory), 'utf8'));
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const doubled = lines.map((line) => {
      const rollout = JSON.parse(line) as RolloutLine;
      return JSON.stringify({ ...rollout, media: [...rollout.media, ...rollout.media] });
    });
    writeFileSync(path, `${doubled.join('\n')}\n`);
    expect(picturesOf(readFileSync(await writeReport(directory), 'utf8'))).toBe(2 * before);
  });

  test('a video that has moved leaves a sentence, not a failure', async () => {
    rmSync(join(directory, 'frame.png'));
    expect(readFileSync(await writeReport(directory), 'utf8')).toContain(
      'frame.png cannot be read',
    );
  });

  test('a line that a killed run cut off is left out; damage elsewhere is named with its line', async () => {
    appendFileSync(join(directory, 'metrics.jsonl'), '{"step":41,"rewa');
    await writeReport(directory);
    writeFileSync(join(directory, 'metrics.jsonl'), '{"step":1}\n{"st\n{"step":3}\n');
    await expect(writeReport(directory)).rejects.toThrow(/metrics\.jsonl:2 is damaged/);
  });

  test('a completion may hold every sort of line break, and a kill may cut a line after a brace', async () => {
    const path = join(directory, 'rollouts.jsonl');
    const [line] = readFileSync(path, 'utf8').split('\n');
    const rollout = JSON.parse(line!) as RolloutLine;
    const text = 'before\u2028between\u2029after\u0085all';
    appendFileSync(
      path,
      `${JSON.stringify({ ...rollout, text, reward: 99 })}\n{"step":41,"media":{}`,
    );
    expect(readFileSync(await writeReport(directory), 'utf8')).toContain(text);
  });

  test('a run without versions is reported; a file of a later release is an error', async () => {
    const old = join(import.meta.dirname, '../../../core/test/fixtures/unversioned-run');
    expect((await readRun(old)).rollouts.count).toBe(8);
    const path = join(directory, 'rollouts.jsonl');
    const lines = readFileSync(path, 'utf8');
    appendFileSync(path, '{"version":4,"step":41}\n');
    await expect(readRun(directory)).rejects.toMatchObject({
      code: 'format-newer',
      message: expect.stringMatching(/rollouts\.jsonl:\d+ is in version 4 .*Update Loci/),
    });
    writeFileSync(path, lines);
    writeFileSync(join(directory, 'config.yaml'), 'version: 4\nruns: {}\n');
    await expect(readRun(directory)).rejects.toThrow(/config\.yaml is in version 4 /);
  });

  test('a folder without a run is named', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'loci-empty-'));
    await expect(writeReport(empty)).rejects.toMatchObject({ code: 'run-unreadable' });
  });
});
