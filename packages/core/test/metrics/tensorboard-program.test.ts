/** What TensorBoard itself reads of our event files; skipped where Python has no TensorBoard. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { sinkPlugins } from '../../src/metrics/sink-plugins.ts';
import { createFromPlugin, parseOptions } from '../../src/plugin/create-plugin.ts';
import { PluginRegistry } from '../../src/plugin/registry.ts';
import type { MediaPreview } from '../../src/spec/index.ts';
import { fakeLogger } from '../../src/testing/index.ts';
import { loggedRollout } from './logged-rollout.ts';

const PYTHON = process.env['LOCI_PYTHON'] ?? 'python3';
const hasTensorboard = spawnSync(PYTHON, ['-c', 'import tensorboard']).status === 0;
if (!hasTensorboard) {
  console.warn(
    `Event files are not read by TensorBoard: ${PYTHON} has none; python3 -m pip install tensorboard, or name another Python in LOCI_PYTHON`,
  );
}
const withTensorboard = hasTensorboard ? test : test.skip;

const READ = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
found = EventAccumulator(sys.argv[1], size_guidance={"tensors": 0, "images": 0, "scalars": 0})
found.Reload()
tags = found.Tags()
print(json.dumps({
  "scalars": {tag: [[e.step, e.value] for e in found.Scalars(tag)] for tag in tags["scalars"]},
  "texts": {tag: [[e.step, e.tensor_proto.string_val[0].decode()] for e in found.Tensors(tag)]
            for tag in found.summary_metadata if found.summary_metadata[tag].plugin_data.plugin_name == "text"},
  "images": {tag: [[e.step, e.width, e.height, e.encoded_image_string.hex()] for e in found.Images(tag)] for tag in tags["images"]},
}))
`;

/** A red pixel. */
const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');

interface Found {
  readonly scalars: Readonly<Record<string, unknown>>;
  readonly texts: Readonly<Record<string, readonly (readonly [step: number, text: string])[]>>;
  readonly images: Readonly<Record<string, unknown>>;
}

withTensorboard(
  'reads figures, text and pictures; a resumed run repeats no step',
  async () => {
    const run = mkdtempSync(join(tmpdir(), 'loci-tb-'));
    const plugin = new PluginRegistry(sinkPlugins).get('sink', 'tensorboard');
    const preview = async (): Promise<MediaPreview> => ({ jpeg: JPEG, width: 2, height: 1 });
    const open = () =>
      createFromPlugin(plugin, parseOptions(plugin, { rolloutsEvery: 1, rollouts: 1 }), {
        ...{ seed: 1, baseDirectory: '/', runDirectory: run, logger: fakeLogger(), preview },
      });
    const start = {
      ...{ name: 'run', runDirectory: run, configText: 'seed: 1\n', totalSteps: 3 },
      ...{ trainingSamples: 4, model: 'a table', versions: { loci: '1' }, command: 'loci train' },
    };
    for (const [startStep, steps] of [
      [0, [1, 2, 3]],
      [1, [2, 3]],
    ] as const) {
      const sink = await open();
      sink.rewind!(startStep === 0 ? -1 : startStep);
      sink.begin!({ ...start, startStep });
      for (const step of steps) {
        sink.rollouts!(step, [loggedRollout('a', step)]);
        sink.write({ step, values: { 'reward/total': step / 2 } });
      }
      sink.table!({ name: 'evaluation/after', step: 3, columns: ['x'], rows: [[1]] });
      sink.end!({ step: 3, reason: 'finished' });
      await sink.close();
    }
    const read = execFileSync(PYTHON, ['-c', READ, join(run, 'tensorboard')]);
    const { scalars, texts, images } = JSON.parse(read.toString()) as Found;
    expect(scalars).toEqual({
      'reward/total': [
        [1, 0.5],
        [2, 1],
        [3, 1.5],
      ],
    });
    expect(texts['config']).toEqual([[0, '```yaml\nseed: 1\n\n```']]);
    expect(texts['run']![0]![1]).toContain('| command | loci train |');
    expect(texts['rollouts']!.map(([step]) => step)).toEqual([1, 2, 3]);
    expect(texts['evaluation/after']).toEqual([[3, '| x |\n| --- |\n| 1 |']]);
    expect(texts['end']).toEqual([[3, 'finished']]);
    expect(images).toEqual({
      'rollouts/0': [1, 2, 3].map((step) => [step, 2, 1, JPEG.toString('hex')]),
    });
  },
  60_000,
);
