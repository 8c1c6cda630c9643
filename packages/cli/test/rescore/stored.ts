/** For tests of rescoring: rollouts as a training would have stored them. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolloutLines, scoreGroups } from '@loci/core';
import type { ErasedPlugin, Reward, Rollout, RolloutGroup, RunReward, Sample } from '@loci/core';
import { fakeLogger, fakeSample } from '@loci/core/testing';

/** A bundled reward, or one of the test, as a run has it. */
export async function runReward(
  plugin: ErasedPlugin<'reward'>,
  options: Readonly<Record<string, unknown>> = {},
  place: Partial<RunReward> = {},
): Promise<RunReward> {
  const context = { seed: 1, baseDirectory: '.', logger: fakeLogger() };
  const reward: Reward = await plugin.create(plugin.options.parse(options) as never, context);
  return { name: plugin.name, weight: 1, timeoutMs: 10_000, reward, ...place };
}

/** What one question was answered, and under other looks by name. */
export interface Asked {
  readonly sample?: Partial<Sample>;
  readonly texts: readonly string[];
  readonly looks?: Readonly<Record<string, readonly string[]>>;
  /** What the prompt opened of the answers. */
  readonly opened?: string;
}

const rollout = (text: string): Rollout => ({
  text,
  tokenIds: new Int32Array(text.length + 1),
  logProbs: new Float32Array(text.length + 1),
  finishReason: 'stop',
});

/** The text of a `rollouts.jsonl` with these groups, one step each. */
export async function storedText(
  asked: readonly Asked[],
  rewards: readonly RunReward[],
): Promise<string> {
  let text = '';
  for (const [index, { sample, texts, looks, opened }] of asked.entries()) {
    const group: RolloutGroup = {
      sample: fakeSample({ id: `sample-${index}`, ...sample }),
      prompt: { tokenIds: new Int32Array(0), media: [], opened },
      rollouts: texts.map(rollout),
      ...(looks && {
        looks: new Map(Object.entries(looks).map(([name, said]) => [name, said.map(rollout)])),
      }),
    };
    const [score] = await scoreGroups([group], rewards, index + 1);
    for (const line of rolloutLines(index + 1, score!, undefined))
      text += `${JSON.stringify(line)}\n`;
  }
  return text;
}

/** Writes a file of rollouts into a folder of its own. */
export function writeRollouts(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'loci-rollouts-')), 'rollouts.jsonl');
  writeFileSync(file, text);
  return file;
}
