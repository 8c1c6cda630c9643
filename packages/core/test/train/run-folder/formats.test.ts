/** Formats carry a version: a run folder without versions goes on, one of a later release is an error with a remedy. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { readConfig } from '../../../src/config/read-config.ts';
import { FORMAT_VERSIONS, readVersion } from '../../../src/files/format-version.ts';
import { currentRolloutLine } from '../../../src/train/run-folder/rollout-lines.ts';
import { temporaryFolder, trainToy } from '../../toy-run.ts';

/** A toy run that commit 1d0f07e wrote, before formats had versions, stopped after step 2 of 4. */
const OLD_RUN = join(import.meta.dirname, '../../fixtures/unversioned-run');
const SETTINGS = [
  'steps=4',
  'checkpoint.keep=1',
  'promptsPerStep=2',
  'sampler.completionsPerPrompt=2',
  'sinks=[jsonl]',
  'advantage=group-normalised',
  'objective.klWeight=0.02',
];

interface Versioned {
  readonly version?: number;
  readonly step: number;
}

function rolloutsOf(folder: string): readonly Versioned[] {
  const text = readFileSync(join(folder, 'rollouts.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Versioned);
}

function stateOf(folder: string, step: number): string {
  return join(folder, 'checkpoints', `step-00000${step}`, 'trainer-state.json');
}

/** A copy of the old run, in a folder that may be written. */
function oldRun(): string {
  const folder = temporaryFolder();
  cpSync(OLD_RUN, folder, { recursive: true });
  return folder;
}

describe('a run folder without versions', () => {
  test('goes on as if it had never stopped, and gets versions', async () => {
    const folder = oldRun();
    const { outcome, lines } = await trainToy(folder, SETTINGS, {}, { resume: true });
    expect(outcome).toEqual({ step: 4, reason: 'finished' });
    expect(lines.filter((line) => line.includes('other settings'))).toEqual([]);
    const whole = temporaryFolder();
    await trainToy(whole, SETTINGS);
    const weights = (run: string) =>
      readFileSync(join(run, 'checkpoints', 'step-000004', 'table.json'), 'utf8');
    expect(weights(folder)).toBe(weights(whole));
    const without = (run: string) =>
      rolloutsOf(run).map((line) => ({ ...currentRolloutLine(line, run), version: 0 }));
    expect(without(folder)).toEqual(without(whole));
    for (const { step, version } of rolloutsOf(folder))
      expect(version).toBe(step > 2 ? 3 : undefined);
    expect(JSON.parse(readFileSync(stateOf(folder, 4), 'utf8'))).toMatchObject({ version: 2 });
    expect(parse(readFileSync(join(folder, 'config.yaml'), 'utf8'))).toMatchObject({ version: 3 });
  });

  test('has a config that is read, its names of sampler and optimizer left out', () => {
    const { config } = readConfig({ file: join(OLD_RUN, 'config.yaml') });
    expect(config.sampler).toMatchObject({ completionsPerPrompt: 2, maxNewTokens: 4 });
    expect(config.optimizer).toEqual({
      learningRate: 0.05,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.01,
      maxGradNorm: 5,
    });
    expect(config.sampler).not.toHaveProperty('use');
    expect(config.trainer).toEqual({ use: 'local' });
  });
});

describe('a later release', () => {
  const remedy = /reads versions up to [23].*Update Loci/;

  test('wrote a config that is an error, read alone or to go on', async () => {
    const folder = oldRun();
    const file = join(folder, 'config.yaml');
    const content = parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
    writeFileSync(
      file,
      stringify({ version: 4, sampler: 'of a form that is not known', ...content }),
    );
    expect(() => readConfig({ file })).toThrow(remedy);
    await expect(trainToy(folder, SETTINGS, {}, { resume: true })).rejects.toMatchObject({
      code: 'format-newer',
      message: expect.stringContaining(file),
    });
  });

  test('wrote a checkpoint that is an error, whatever its fields are', async () => {
    const folder = oldRun();
    writeFileSync(stateOf(folder, 2), '{ "version": 3, "steps": [2] }');
    await expect(trainToy(folder, SETTINGS, {}, { resume: true })).rejects.toMatchObject({
      code: 'format-newer',
      message: expect.stringMatching(remedy),
    });
  });
});

test.each([0, 1.5, '2', null])('%j is no version', (version) => {
  expect(() => readVersion(version, 'rollouts.jsonl', 'file.jsonl, line 3')).toThrow(
    /^file\.jsonl, line 3: version must be a whole number from 1 to 3/,
  );
});

test('every version that was ever written is read', () => {
  for (const format of ['config.yaml', 'rollouts.jsonl', 'trainer-state.json'] as const) {
    expect(readVersion(undefined, format, 'a file')).toBe(1);
    for (let version = 1; version <= FORMAT_VERSIONS[format]; version++) {
      expect(readVersion(version, format, 'a file')).toBe(version);
    }
  }
});
