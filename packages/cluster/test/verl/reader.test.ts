import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { VERL_READER } from '../../src/verl/reader.ts';

describe('what verl writes', () => {
  test('metrics: names that mean the same are ours, null and text are left out, half a line is none', () => {
    const line =
      '{"step":3,"data":{"critic/score/mean":0.5,"actor/lr":1e-06,"perf/mfu":null,"x":"y"}}';
    expect(VERL_READER.metricsLine(line)).toEqual({
      step: 3,
      values: { 'reward/total': 0.5, 'update/learning-rate': 1e-6 },
    });
    expect(VERL_READER.metricsLine(line.slice(0, 40))).toBeUndefined();
  });

  test('the log: behind what Ray writes before a line, with numbers of numpy', () => {
    const line =
      '\u001b[36m(TaskRunnerV1 pid=77)\u001b[0m step:12 - actor/grad_norm:0.25 - critic/score/mean:np.float64(1.5) - note:none';
    expect(VERL_READER.consoleLine(line)).toEqual({
      step: 12,
      values: { 'update/grad-norm': 0.25, 'reward/total': 1.5 },
    });
    expect(VERL_READER.consoleLine('global step: 12 - done')).toBeUndefined();
    expect(
      VERL_READER.loadedRows('… initialized, train dataset size: 60, val dataset size: 1'),
    ).toEqual({
      split: 'train',
      count: 60,
    });
  });

  test('rollouts lead back to their sample', () => {
    const line = JSON.stringify({
      output: 'a',
      gts: '{"id":"q-1"}',
      score: 2,
      step: 4,
      uid: 'u_0_0',
    });
    expect(VERL_READER.rolloutLine(line)).toEqual({
      output: 'a',
      sampleId: 'q-1',
      score: 2,
      step: 4,
    });
    expect(VERL_READER.rolloutLine('[]')).toBeUndefined();
  });

  test('the newest whole checkpoint, and the folder of its model', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'loci-verl-'));
    expect(await VERL_READER.latestCheckpoint(folder)).toBeUndefined();
    for (const step of [5, 10, 20])
      mkdirSync(join(folder, `global_step_${step}/actor/huggingface`), { recursive: true });
    writeFileSync(join(folder, 'latest_checkpointed_iteration.txt'), '10');
    const found = await VERL_READER.latestCheckpoint(folder);
    expect(found).toEqual({ step: 10, directory: join(folder, 'global_step_10') });
    expect(await VERL_READER.modelFolder(found!)).toBeUndefined();
    const weights = join(folder, 'global_step_10/actor/huggingface');
    writeFileSync(join(weights, 'model-00001-of-00001.safetensors'), '');
    expect(await VERL_READER.modelFolder(found!)).toBe(weights);
    expect(VERL_READER.mergeEntrypoint('/s/a b', '/s/out')).toBe(
      "python3 -m verl.model_merger merge --backend fsdp --local_dir '/s/a b/actor' --target_dir /s/out",
    );
  });
});
