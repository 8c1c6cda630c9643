/** Trains on a cluster of ours as a person would, by the built command: from a config to an evaluated model. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { clusterPlace, evaluateLeft, jsonLines, trainWords } from './cluster-place.ts';
import type { ClusterPlace } from './cluster-place.ts';
import { runCommand } from './command.ts';

jest.setTimeout(120_000);

const places: ClusterPlace[] = [];

afterEach(async () => {
  for (const { head } of places.splice(0)) await head.dispose();
});

test('a config with trainer verl trains, fills a run folder, and leaves a model', async () => {
  const place = await clusterPlace();
  places.push(place);
  const { directory, head } = place;
  const run = join(directory, 'run');
  const { code, stdout, stderr } = await runCommand(directory, trainWords('run'));
  expect({ code, stderr, stdout: code === 0 ? '' : stdout }).toEqual({
    code: 0,
    stderr: '',
    stdout: '',
  });
  expect(stdout).toMatch(/^step 4\/4 {2}reward [\d.]+ \(/mu);
  expect(stdout).toMatch(/^preflight: every node had one sample scored$/mu);
  expect(place.trainings()).toBe(1);
  const metrics = jsonLines(join(run, 'metrics.jsonl'));
  expect(metrics.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  expect(metrics[3]).toMatchObject({
    'reward/answer': expect.any(Number),
    'weighted/format': expect.any(Number),
    'seconds/step': expect.any(Number),
  });
  const rollouts = jsonLines(join(run, 'rollouts.jsonl'));
  expect(rollouts).toHaveLength(4 * 2 * 2);
  expect(rollouts.map(({ step }) => step)).toEqual(
    [1, 2, 3, 4].flatMap((step) => Array<number>(4).fill(step)),
  );
  expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain('16 rollouts');
  // No token, no reward server and no half file stays behind.
  expect(head.jobs.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);

  const listed = await runCommand(directory, ['jobs', 'run']);
  expect(listed.stdout).toMatch(/run\s+succeeded\s+4\/4\s+verl\s+loci-/u);
  const asked = await evaluateLeft(directory, stdout);
  expect(existsSync(join(asked.model, 'model.safetensors'))).toBe(true);
  expect(asked.code).toBe(0);
});
