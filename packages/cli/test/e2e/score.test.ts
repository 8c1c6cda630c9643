/** Stored rollouts scored again, as a person debugs a reward. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { RolloutLine } from '@loci/core';
import { answer, format } from '@loci/rewards';
import { runReward, storedText } from '../rescore/stored.ts';
import { runCommand } from './command.ts';
import type { Ended } from './command.ts';

jest.setTimeout(180_000);

const said = (letter: string): string => `<think>x</think><answer>${letter}</answer>`;

/** Neither model nor dataset is there: scoring must not ask for them. */
const NOTHING = 'policy: { model: ./no-model }\ndataset: { use: spacer-151k, folder: ./no-data }\n';

const SHOUT = `
import { defineReward } from '@loci/core';

export const shout = defineReward({
  name: 'shout',
  description: 'Half a point for capital letters.',
  score: ({ text }) => {
    if (text === '') throw new Error('nothing to read');
    return { value: /[A-Z]/.test(text) ? 0.5 : 0, reason: 'looked for capitals' };
  },
});
`;

describe('score', () => {
  let workplace: string;
  const score = (config: string, ...words: readonly string[]): Promise<Ended> => {
    writeFileSync(join(workplace, 'mine.yaml'), NOTHING + config);
    const command = ['score', '--config', 'mine.yaml', '--rollouts', 'rollouts.jsonl'];
    return runCommand(workplace, [...command, ...words]);
  };
  beforeAll(async () => {
    workplace = mkdtempSync(join(tmpdir(), 'loci-score-'));
    writeFileSync(join(workplace, 'shout.ts'), SHOUT);
    const rewards = [await runReward(answer), await runReward(format)];
    const text = await storedText(
      [
        { texts: [said('B'), said('b'), said('A'), ''] },
        { texts: [said('a'), said('A'), said('(B)'), 'no tags'] },
      ],
      rewards,
    );
    writeFileSync(join(workplace, 'rollouts.jsonl'), `${text}{"step": 3, "sampl`);
  });

  test('an option changes exactly what it should', async () => {
    const rewards = 'rewards: [{ use: answer, options: { letters: lenient } }, format]\n';
    const ended = await score(rewards, '--file', 'new/rollouts.jsonl', '--show', '1');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const table = ended.stdout.replaceAll(/ {2,}/g, ' | ');
    expect(table).toMatch(/^warning: line 9 is skipped: not JSON/m);
    expect(table).toMatch(/^8 completions in 2 groups; 1 broken line skipped$/m);
    expect(table).toMatch(/^answer \| 0\.125 \| 0\.375 \| \+0\.250 \| 2 \| 0 → 0 \| 0 → 0$/m);
    expect(table).toMatch(/^ \| parsed \| 0\.750 \| 0\.750 \| \+0\.000 \| 0$/m);
    expect(table).toMatch(/^format \| 0\.750 \| 0\.750 \| \+0\.000 \| 0 \| 0 → 0 \| 0 → 0$/m);
    expect(table).toMatch(/^weighted sum \| 0\.875 \| 1\.125 \| \+0\.250 \| 2$/m);
    expect(table.match(/moved by/g)).toHaveLength(1);
    expect(table).toMatch(/^answer moved by 1\.000: step 1, sample sample-0, .* completion 1$/m);
    const written = readFileSync(join(workplace, 'new/rollouts.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    const lines = written.map((text) => JSON.parse(text) as RolloutLine);
    expect(lines.map(({ outcomes }) => outcomes['answer'])).toMatchObject(
      [1, 1, 0, 0, 0, 0, 1, 0].map((value) => ({ status: 'scored', value })),
    );
    expect(lines.map(({ reward, advantage }) => [reward, advantage])[1]).toEqual([2, null]);
    expect(existsSync(join(workplace, 'new/rollouts.jsonl.part'))).toBe(false);
  });

  test('a reward of one\u2019s own shows its new outcomes and its failures', async () => {
    const ended = await score('rewards: [./shout.ts]\n');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const table = ended.stdout.replaceAll(/ {2,}/g, ' | ');
    expect(table).toMatch(/^shout \(new\) \| – \| 0\.286 \| – \| – \| – → 1 \| – → 0$/m);
    expect(table).toMatch(/^answer \(only stored\) \| 0\.125 \| – /m);
    expect(table).toMatch(/^failed: shout on 1 completion: threw: nothing to read$/m);
    expect(table).toMatch(/^highest shout: 0\.500: step 1, /m);
    expect(table).toMatch(/^ \| shout \| new: 0\.5 \(looked for capitals\)$/m);
  });
});
