/** What a run folder promises: one writer, nothing left behind, nothing written twice. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Policy } from '../../../src/spec/index.ts';
import { RunStore } from '../../../src/train/run-folder/run-store.ts';
import { fakePolicy } from '../../../src/testing/index.ts';
import { WORDS, temporaryFolder, toyRun, trainToy } from '../../toy-run.ts';
import type { RunEvent } from '../../../src/train/loop/events.ts';

const text = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

test('a run that is written refuses a second writer before anything is loaded', async () => {
  const folder = temporaryFolder();
  const { run } = await toyRun(folder);
  await run.trainer();
  const second = await toyRun(folder, [], {
    policy: () => {
      throw new Error('loaded');
    },
  });
  await expect(second.run.trainer({ resume: true })).rejects.toMatchObject({
    code: 'folder-in-use',
    details: { process: process.pid },
  });
  await second.run.dispose();
  await run.dispose();
});

test('a start that fails leaves no folder', async () => {
  const folder = join(temporaryFolder(), 'new', 'run');
  const policy = () => {
    throw new Error('no such model');
  };
  await expect(trainToy(folder, [], { policy })).rejects.toThrow(/no such model/);
  await expect(trainToy(folder, [], { samples: [] })).rejects.toThrow();
  expect(existsSync(join(folder, '..'))).toBe(false);
});

test('a start that was killed before its config was stored is begun again in the same folder', async () => {
  const folder = temporaryFolder();
  for (const name of ['places.json', 'places.json.tmp', 'config.yaml.tmp']) {
    writeFileSync(join(folder, name), '');
  }
  await expect(trainToy(folder, ['steps=1'])).resolves.toBeDefined();
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  await expect(trainToy(folder, ['steps=1'])).rejects.toMatchObject({
    code: 'run-directory-exists',
  });
});

test('a rewind compares steps by number: step 1,000,000 is after step 999,999', () => {
  const folder = temporaryFolder();
  const store = RunStore.open(folder, false);
  const evaluations = join(folder, 'evaluations');
  for (const name of ['step-999999', 'step-1000000', 'mine/step-999999', 'mine/step-1000000']) {
    mkdirSync(join(evaluations, name), { recursive: true });
  }
  try {
    store.rewind(999_999, false);
  } finally {
    store.close();
  }
  expect(readdirSync(evaluations).sort()).toEqual(['mine', 'step-999999']);
  expect(readdirSync(join(evaluations, 'mine'))).toEqual(['step-999999']);
});

test('what a killed run left half done goes away, and the only whole checkpoint comes back', async () => {
  const folder = temporaryFolder();
  const kept = ['checkpoint.keep=1'];
  await trainToy(folder, ['steps=4', ...kept]);
  const whole = temporaryFolder();
  await trainToy(whole, ['steps=4', ...kept]);
  const at = (name: string) => join(folder, 'checkpoints', name);
  // Killed between the two renames of writeFolderWhole: the old checkpoint is set aside, the new one not in place.
  renameSync(at('step-000004'), at('step-000004.4711.old'));
  cpSync(at('step-000004.4711.old'), at('step-000004.4711.tmp'), { recursive: true });
  // Killed while the next one was being written, before and after its weights.
  for (const name of ['step-000006', 'step-000006.4712.tmp']) {
    mkdirSync(at(name));
    writeFileSync(join(at(name), 'table.json'), '{"logits": [');
  }
  // Killed after a rename, before what was set aside was removed.
  mkdirSync(at('step-000002.4710.old'));
  cpSync(at('step-000004.4711.old'), at('step-000002'), { recursive: true });
  rmSync(join(at('step-000002'), 'trainer-state.json'));
  mkdirSync(join(folder, 'evaluations/before'), { recursive: true });
  for (const name of ['config.yaml.tmp', 'evaluations/before/report.json.tmp']) {
    writeFileSync(join(folder, name), 'half');
  }
  const resumed = await trainToy(folder, ['steps=4', ...kept], {}, { resume: true });
  expect(resumed.events[0]).toMatchObject({ type: 'run-start', startStep: 4 });
  rmSync(join(folder, 'evaluations'), { recursive: true });
  const names = (of: string) =>
    readdirSync(of, { recursive: true, encoding: 'utf8' })
      .filter((name) => !name.includes('tfevents'))
      .sort();
  expect(names(folder)).toEqual(names(whole));
});

test('resuming a finished run asks nothing and writes nothing again', async () => {
  const folder = temporaryFolder();
  const set = ['steps=2', 'evaluate.questions=4'];
  await trainToy(folder, set);
  const [metrics, after] = [
    text(folder, 'metrics.jsonl'),
    text(folder, 'evaluations/after/report.json'),
  ];
  const again = await trainToy(folder, set, {}, { resume: true });
  expect(again.outcome).toEqual({ step: 2, reason: 'finished' });
  expect(again.events.map(({ type }) => type)).toEqual(['run-start', 'run-end']);
  expect(text(folder, 'metrics.jsonl')).toBe(metrics);
  expect(text(folder, 'evaluations/after/report.json')).toBe(after);
});

test('a finished run that gets further steps asks once more after them', async () => {
  const folder = temporaryFolder();
  await trainToy(folder, ['steps=2', 'evaluate.questions=4']);
  const longer = ['steps=4', 'evaluate.questions=4'];
  await trainToy(folder, longer, {}, { resume: true });
  const whole = temporaryFolder();
  await trainToy(whole, longer);
  expect(text(folder, 'evaluations/after/report.json')).toBe(
    text(whole, 'evaluations/after/report.json'),
  );
});

test.each([
  ['moved', (folder: string) => renameSync(folder, `${folder}-moved`)],
  ['removed', (folder: string) => rmSync(folder, { recursive: true })],
])('a run whose folder is %s stops with an error and makes no second half', async (_, act) => {
  const folder = temporaryFolder();
  const events: RunEvent[] = [];
  const training = trainToy(
    folder,
    [],
    {},
    {
      onEvent: (event) => {
        events.push(event);
        if (event.type === 'step-end' && event.step === 3) act(folder);
      },
    },
  );
  await expect(training).rejects.toMatchObject({ code: 'folder-lost' });
  expect(events.at(-1)).toMatchObject({ type: 'step-end', step: 3 });
  expect(existsSync(folder)).toBe(false);
  if (!existsSync(`${folder}-moved`)) return;
  const resumed = await trainToy(`${folder}-moved`, [], {}, { resume: true });
  expect(resumed.outcome).toEqual({ step: 6, reason: 'finished' });
});

test('a run that is moved while a checkpoint is written makes no second half either', async () => {
  const folder = temporaryFolder();
  const policy = (): Policy => {
    const table = fakePolicy({ words: WORDS, contexts: 4, maxPromptTokens: 64 });
    const save = table.save.bind(table);
    table.save = (directory, options) => {
      renameSync(folder, `${folder}-moved`);
      return save(directory, options);
    };
    return table;
  };
  await expect(trainToy(folder, [], { policy })).rejects.toMatchObject({ code: 'folder-lost' });
  expect(existsSync(folder)).toBe(false);
});
