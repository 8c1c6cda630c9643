/** Rewards of a config before a run trusts them, as a person tries them. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { runCommand } from './command.ts';

jest.setTimeout(180_000);

/** Each breaks one rule. */
const BROKEN = `
import { abstain, defineReward } from '@loci/core';

const answerOf = (text) => /<answer>(.*?)<\\/answer>/.exec(text)?.[1];
const described = (name) => ({ name, description: 'A reward that is not sound.' });
const isRight = (text, { solution }) => answerOf(text) === answerOf(solution);

export const generous = defineReward({
  ...described('generous'),
  score: ({ text }, sample) => (isRight(text, sample) ? 1 : text === '' ? 0 : 0.1),
});
export const stuck = defineReward({
  ...described('stuck'),
  score: ({ text }, sample) => (text === '' ? new Promise(() => {}) : isRight(text, sample) ? 1 : 0),
});
export const mute = defineReward({ ...described('mute'), score: () => abstain('no frames here') });
`;

/** One is to run out of time, the others never. */
const TIMEOUT_MS: Readonly<Record<string, number>> = { generous: 60_000, mute: 60_000, stuck: 300 };

const ROOMS =
  'dataset: { folder: ./rooms, trainScenes: 4, testScenes: 3, height: 56, width: 84, seconds: 1 }\n';

describe('validate', () => {
  let workplace: string;
  const validate = (config: string, ...words: readonly string[]) => {
    writeFileSync(join(workplace, 'tried.yaml'), config);
    return runCommand(workplace, ['validate', '--config', 'tried.yaml', ...words]);
  };
  beforeAll(() => {
    workplace = mkdtempSync(join(tmpdir(), 'loci-validate-'));
    writeFileSync(join(workplace, 'broken.ts'), BROKEN);
  });

  test('bundled rewards keep the contract, with their times; the reference as well', async () => {
    const names = ['temporal', 'length', 'map', 'answer', 'format'];
    const rewards = names.map((use) => `{ use: ${use}, options: { compat: spacer } }`).join(', ');
    const ended = await validate(`${ROOMS}rewards: [${rewards}]\n`, '--samples', '1');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    for (const name of names) {
      expect(ended.stdout).toMatch(new RegExp(`^${name} .*\\d [mµ]?s +kept$`, 'm'));
    }
    expect(ended.stdout).toMatch(/^Tried on 3 training questions: /m);
  });

  test('broken ones are named with sample, completion and outcome', async () => {
    const rewards = ['generous', 'mute', 'stuck']
      .map(
        (name) => `{ use: "./broken.ts#${name}", isolate: false, timeoutMs: ${TIMEOUT_MS[name]} }`,
      )
      .join(', ');
    const ended = await validate(`${ROOMS}rewards: [${rewards}]\n`, '--quiet');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toBe(
      'error contract-broken: 2 of 3 rewards break the contract: generous, stuck\n',
    );
    expect(ended.stdout).toMatch(
      /broken: generous: garbage earns nothing\n +sample .*\n +completion .*\n +said +it earned 0\.1/,
    );
    expect(ended.stdout).toMatch(
      /broken: stuck: .*\n +sample .*\n +completion {2}\(empty\).*\n +said +timed out after 300 ms/,
    );
    expect(ended.stdout).toMatch(
      /^warning: mute said nothing about any of 9 samples: no frames here$/m,
    );
  });

  test('a missing dataset is one clear error', async () => {
    const ended = await validate('dataset: { use: spacer-151k, folder: ./nowhere }\n');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^error dataset-unopened: .*nowhere/);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });
});
