import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { SWIFT_READER } from '../../src/swift/reader.ts';

describe('what ms-swift writes', () => {
  test('metrics by their step; the line at the end has none', () => {
    const line = { loss: 0.1, reward: 1.5, kl: 0.01, epoch: 0.2, 'global_step/max_steps': '3/100' };
    const figures = {
      step: 3,
      values: { 'loss/total': 0.1, 'reward/total': 1.5, 'policy/kl': 0.01, 'ms-swift/epoch': 0.2 },
    };
    expect(SWIFT_READER.metricsLine(JSON.stringify(line))).toEqual(figures);
    const printed =
      "{'loss': 0.1, 'reward': 1.5, 'kl': 0.01, 'epoch': 0.2, 'global_step/max_steps': '3/100'}";
    expect(SWIFT_READER.consoleLine(`Train: 3% ${printed}`)).toEqual(figures);
    expect(SWIFT_READER.metricsLine('{"train_runtime": 12}')).toBeUndefined();
  });

  test('the newest checkpoint that was written to its end is a model folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'loci-swift-'));
    for (const step of [9, 10, 20]) mkdirSync(join(folder, `checkpoint-${step}`));
    writeFileSync(join(folder, 'checkpoint-10/trainer_state.json'), '{}');
    writeFileSync(join(folder, 'checkpoint-20/trainer_state.json'), '{"half');
    const found = await SWIFT_READER.latestCheckpoint(folder);
    expect(found).toEqual({ step: 10, directory: join(folder, 'checkpoint-10') });
    expect(await SWIFT_READER.modelFolder(found!)).toBeUndefined();
    writeFileSync(join(folder, 'checkpoint-10/adapter_model.safetensors'), '');
    expect(await SWIFT_READER.modelFolder(found!)).toBe(found!.directory);
  });
});
