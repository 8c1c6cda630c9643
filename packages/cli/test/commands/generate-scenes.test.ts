/** Questions about annotated scenes from the command line, and what the check says of the folder. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createFromPlugin, parseOptions } from '@loci/core';
import { fakeLogger } from '@loci/core/testing';
import { spacer151k } from '@loci/datasets';
import { consistency } from '@loci/rewards';
import { actions } from '../../src/actions.ts';
import { helpTexts } from '../../src/help/help-texts.ts';
import { createProgram } from '../../src/program.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'loci-scenes-'));
  mkdirSync(join(home, 'videos'));
  const ids = ['a', 'b', 'c', 'd'];
  for (const id of ids) writeFileSync(join(home, `videos/${id}.mp4`), 'video');
  writeFileSync(
    join(home, 'scenes.json'),
    JSON.stringify({ scenes: [...ids.map(sceneOf), { id: 'e' }] }),
  );
});

const NAMES = ['chair', 'table', 'bed', 'lamp', 'sofa', 'desk'];

function sceneOf(id: string, index: number): object {
  const objects = NAMES.map((category, slot) => {
    const angle = slot + 0.3 * index;
    const centre = [2.4 * Math.cos(angle) + 0.2 * slot, 2.4 * Math.sin(angle), 0.5];
    return { category, centre, size: [0.5, 0.4 + 0.1 * slot, 1] };
  });
  return { id, video: `videos/${id}.mp4`, areaM2: 20 + index, objects };
}

let printed: string;

/** Runs `loci <words>` in the home. @returns What it printed, also in `printed`; rejects with its error. */
async function loci(words: string): Promise<string> {
  printed = '';
  const out = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      printed += chunk.toString();
      done();
    },
  });
  const program = createProgram(actions({ out, userDirectory: home }), helpTexts());
  await program.parseAsync(words.split(' '), { from: 'user' });
  return printed;
}

describe('generate --from boxes', () => {
  test('writes and counts questions without excluded scenes, and check-data finds nothing missing', async () => {
    writeFileSync(join(home, 'exclude_list.txt'), 'b.mp4\nz.mp4\n');
    await loci(
      'generate --from boxes --scenes scenes.json --exclude exclude_list.txt --out mine --questions 30 --set clear.sizeM=0.3',
    );
    expect(printed).toContain('scenes.json: scene e: ');
    expect(printed).toMatch(/^appearance-order +0 +0\.0 % +0 +not to be had$/m);
    expect(printed).toMatch(/^counting +6 +20\.0 % +\d+ +1 100\.0 %/m);
    expect(printed).toMatch(/^boxes +3 +30 +100\.0 %$/m);
    expect(printed).toContain(
      '5 given, 1 unusable, 1 excluded (1 listed, 0 of the same space), 3 asked',
    );
    expect(printed).toContain('1 names of the lists belong to no scene given');
    expect(printed).toContain(`30 questions in ${join(home, 'mine')}`);
    const manifest: unknown = JSON.parse(readFileSync(join(home, 'mine/manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({
      recipe: { clear: { sizeM: 0.3 } },
      statistics: { questions: 30 },
    });

    const checked = await loci(
      'check-data --data mine --set dataset.demonstrationFile=annotation/demonstrations.jsonl',
    );
    expect(checked).toContain('train: 30 records that can be used');
    expect(checked).toMatch(/^counting +6 +20\.0 %$/m);
    expect(checked).toContain('nothing is missing');
  });

  test('the reward for consistency understands the questions that a map can answer', async () => {
    await loci('generate --from boxes --scenes scenes.json --out mine --quiet');
    const folder = join(home, 'mine');
    const context = { seed: 1, baseDirectory: '/', logger: fakeLogger() };
    const demonstrationFile = 'annotation/demonstrations.jsonl';
    const options = spacer151k.options.parse({ folder, demonstrationFile });
    const source = await (await spacer151k.create(options, context)).open('train');
    const reward = await createFromPlugin(consistency, parseOptions(consistency, {}), context);
    const judged = new Map<string, Set<string>>();
    for (let index = 0; index < source.size; index++) {
      const sample = await source.at(index);
      const { demonstration = '', questionKind = '' } = sample;
      const [outcome] = await reward.score({
        sample,
        completions: [{ text: demonstration, tokenCount: 100, finishReason: 'stop' }],
        outcomes: new Map(),
        signal: new AbortController().signal,
      });
      judged.set(questionKind, (judged.get(questionKind) ?? new Set()).add(outcome!.status));
    }
    await source.close();
    for (const kind of ['counting', 'relative-direction-easy', 'relative-direction-hard']) {
      expect([kind, judged.get(kind)?.has('scored')]).toEqual([kind, true]);
    }
    for (const kind of ['object-size', 'room-size']) {
      expect([kind, judged.get(kind)?.has('scored')]).toEqual([kind, false]);
    }
  });

  test('check-data names problems by file and line, and fails', async () => {
    await loci('generate --from boxes --scenes scenes.json --out mine --quiet');
    const records = join(home, 'mine/SpaceR-151k.jsonl');
    const [first] = readFileSync(records, 'utf8').split('\n');
    appendFileSync(records, `${first}\n{"problem_id": 1\n`);
    rmSync(join(home, 'mine/videos/c.mp4'));
    const maps = join(home, 'mine/annotation/cognitive_map.jsonl');
    const kept = readFileSync(maps, 'utf8')
      .split('\n')
      .filter((line) => !line.includes('"d"'));
    writeFileSync(maps, kept.join('\n'));
    await expect(loci('check-data --data mine')).rejects.toMatchObject({ code: 'data-incomplete' });
    const lines = readFileSync(records, 'utf8').trimEnd().split('\n').length;
    expect(printed).toContain(
      `SpaceR-151k.jsonl:${lines - 1}: problem_id 0 was already used on line 1`,
    );
    expect(printed).toContain(`SpaceR-151k.jsonl:${lines}: not JSON`);
    expect(printed).toContain(`${join(home, 'mine/videos/c.mp4')}: the video is missing`);
    expect(printed).toContain('cognitive_map.jsonl: no map of d; its questions have none');
  });

  test.each([
    ['generate --from boxes --out mine', 'flag-missing'],
    ['generate --from vsi-bench --scenes scenes.json --out mine', 'flag-missing'],
    ['generate --from boxes --scenes scenes.json --videos videos --out mine', 'flag-misplaced'],
    ['generate --from boxes --scenes scenes.json --config a.yaml --out mine', 'flag-misplaced'],
    ['generate --scenes scenes.json --out mine', 'flag-misplaced'],
    ['generate --exclude a.txt --out mine', 'flag-misplaced'],
    ['generate --from boxes --scenes scenes.json --set clear.size=1 --out mine', 'recipe-invalid'],
    ['generate --from boxes --scenes gone.json --out mine', 'scenes-unreadable'],
  ])('%s is refused', async (words, code) => {
    await expect(loci(words)).rejects.toMatchObject({ code });
  });

  test('a misspelled key of the recipe is an error with the right key', async () => {
    const words = 'generate --from boxes --scenes scenes.json --out mine --set perScene=2';
    await expect(loci(`${words} --set margins.closestm=1`)).rejects.toThrow(
      /^--set margins\.closestm=1: margins\.closestm: unknown key; did you mean "closestM"\?/u,
    );
  });
});
