/** What people get wrong about the folder, and what is wrong in it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { vsiBench } from '../../src/index.ts';
import { writeVsiFolder } from '../../src/testing/index.ts';
import { createBenchmark, itemsOf } from '../support/create.ts';
import { namedMedia } from '../support/tiny-media.ts';

const scratch = mkdtempSync(join(tmpdir(), 'vsi-slips-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const data = join(scratch, 'data');
writeVsiFolder(data, namedMedia(scratch));
const questions = join(data, 'test-00000-of-00001.parquet');

const create = (folder: string) => createBenchmark(vsiBench, { data: folder });

test('the folder that is meant may be the one above or one within, and is named; a file is none', async () => {
  const meant = `${data} has all of it: did you mean that one?`;
  await expect(create(join(data, 'scannet'))).rejects.toThrow(meant);
  await expect(create(scratch)).rejects.toThrow(meant);
  await expect(create(questions)).rejects.toThrow(/is a file, and VSI-Bench is read from/u);
});

test('a question for a letter has options', async () => {
  const fields = {
    ...{ id: 7, dataset: 'scannet', scene_name: 's', question: 'Which?', ground_truth: 'A' },
    question_type: 'route_planning',
    options: null,
  };
  rmSync(questions);
  writeFileSync(join(data, 'test.jsonl'), JSON.stringify(fields));
  await expect(create(data).then(itemsOf)).rejects.toThrow(
    /test\.jsonl: item 7 asks for a letter and has no options/u,
  );
});
