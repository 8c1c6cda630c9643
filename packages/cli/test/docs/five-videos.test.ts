/** The tutorial on five videos of one's own, line by line, with small videos and a tiny model. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import type { RolloutLine } from '@loci/core';
import { writeTinyVideo } from '@loci/media/testing';
import { writeTinyModel } from '../../src/rehearsal/tiny-model.ts';
import { makeClone } from '../support/clone.ts';
import { followPage } from '../support/follow-page.ts';
import { onReaderHub } from '../support/reader-hub.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');

jest.setTimeout(180_000);

test('the tutorial does what it says', async () => {
  const reader = makeClone();
  const phone = join(reader.home, 'phone');
  mkdirSync(phone);
  for (const name of ['bedroom', 'garage', 'hall', 'kitchen', 'office']) {
    const film = { frames: 8, fps: 4, width: 84, height: 56 };
    await writeTinyVideo(join(phone, `${name}.mp4`), film);
  }
  const model = join(reader.home, 'published');
  mkdirSync(model, { recursive: true });
  // The words of the prompt, so that it is not spelled letter by letter.
  const texts = ['map-imagination', 'thinking'].map((name) =>
    readFileSync(join(ROOT, `packages/core/src/prompt/${name}.ts`), 'utf8'),
  );
  await writeTinyModel(model, { seed: 1, texts, maxTokens: 32_768 });
  const published = { name: 'Qwen/Qwen2.5-VL-3B-Instruct', folder: model } as const;
  await onReaderHub([{ kind: 'model', ...published }], (variables) =>
    followPage(join(ROOT, 'docs/tutorials/five-videos.md'), { ...reader, variables }),
  );
  const lines = readFileSync(join(reader.clone, 'runs/phone/rollouts.jsonl'), 'utf8').trimEnd();
  const rollouts = lines.split('\n').map((line) => JSON.parse(line) as RolloutLine);
  expect(rollouts).toHaveLength(3 * 2 * 4);
  // A pass over six questions has the one that shows two videos.
  expect(rollouts.filter(({ media }) => media.length === 2)).toHaveLength(4);
  for (const { media } of rollouts) {
    expect(media.every(({ path }) => existsSync(path))).toBe(true);
  }
  expect(existsSync(join(reader.clone, 'models/phone/model.safetensors'))).toBe(true);
});
