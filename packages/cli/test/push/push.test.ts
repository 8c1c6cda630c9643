/** `push`: what is sent of a folder, what the card says, and what is asked before. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { TEST_TOKEN, commitTo } from '@loci/hub/testing';
import { parse } from 'yaml';
import { push } from '../../src/commands/push.ts';
import type { PushFlags } from '../../src/flags.ts';
import { onHub, quietIo } from '../support/on-hub.ts';

const hub = onHub();
let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'loci-push-'));
});

/** Runs the command. @returns what it printed. */
async function run(flags: Partial<PushFlags> & Pick<PushFlags, 'folder'>): Promise<string> {
  const { io, printed } = quietIo(place);
  await push({ repository: 'me/thing', evaluation: [], yes: true, ...flags }, io);
  return printed();
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(place, path, '..'), { recursive: true });
    writeFileSync(join(place, path), text);
  }
}

/** The files of a repository at its main branch. */
function sentTo(repository: string): ReadonlyMap<string, string> {
  const { commits, refs } = hub.server.repositories.get(repository)!;
  return new Map(
    [...commits.get(refs.get('main')!)!].map(([path, data]) => [path, data.toString()]),
  );
}

function cardOf(repository: string): {
  readonly facts: Record<string, unknown>;
  readonly text: string;
} {
  const [, facts, text] = /^---\n(.*?)\n---\n(.*)$/su.exec(sentTo(repository).get('README.md')!)!;
  return { facts: parse(facts!) as Record<string, unknown>, text: text! };
}

const STATE = { step: 20, seed: 3, samplesSeen: 80, failedGroups: {}, files: {} };
const FIGURE = { value: 0.456, low: 0.4, high: 0.5, count: 80 };
const REPORT = {
  version: 2,
  record: {
    version: 2,
    benchmark: { use: 'vsi-bench', data: join(homedir(), 'secret-place/VSI-Bench') },
    setup: { prompt: 'official' },
    ...{ policy: { use: 'onnx' }, model: 'a model', seed: 7, samples: 1 },
    sampling: { temperature: 0, topP: 1, topK: 0, maxNewTokens: 64 },
  },
  facts: { headline: 'mean of 8 tasks', chance: [], published: [] },
  report: {
    ...{ items: 80, samples: 1, notAsked: [], failed: [], cutOff: 0, constant: { tasks: {} } },
    shown: { sizes: [] },
    conditions: {
      'as-filmed': {
        means: { overall: { measures: {} }, tasks: {} },
        scorers: [
          {
            ...{ scorer: 'official', headline: FIGURE, sections: { task: { counting: FIGURE } } },
            ...{ unanswered: 0, uncounted: 0, referenceErrors: { count: 0 } },
          },
        ],
      },
    },
  },
};

describe('an adapter of a run', () => {
  beforeEach(() => {
    const { commit } = hub.server.add('model', 'o/m', {
      'README.md': '---\nlicense: apache-2.0\n---\n',
    });
    hub.server.add('dataset', 'o/d', { 'README.md': '---\nlicense: cc-by-4.0\n---\n' });
    const cached = join(hub.home, 'hub/models--o--m/snapshots', commit);
    const config = {
      ...{ seed: 3, steps: 20, promptsPerStep: 4 },
      policy: { use: 'onnx', model: `hub:models/o/m@${commit}`, lora: { rank: 8 } },
      dataset: { use: 'jsonl', file: 'hub:datasets/o/d@main/questions.jsonl' },
      rewards: [
        { use: 'answer', weight: 1 },
        { use: join(place, 'mine.ts'), weight: 0.5 },
      ],
      ...{ objective: { use: 'grpo', klWeight: 0.02 }, sinks: [] },
    };
    write({
      'run/config.yaml': JSON.stringify(config),
      'run/checkpoints/step-000020/trainer-state.json': JSON.stringify({ version: 2, ...STATE }),
      'run/checkpoints/step-000020/adapter_config.json': JSON.stringify({
        ...{ r: 8, base_model_name_or_path: cached },
      }),
      'run/checkpoints/step-000020/adapter_model.safetensors': 'factors',
      'run/checkpoints/step-000020/optimizer.safetensors': 'moments',
      'vsi/report.json': JSON.stringify(REPORT),
    });
  });
  const folder = 'run/checkpoints/step-000020';

  test('is sent without what only resuming needs, private, with a card', async () => {
    const printed = await run({ folder, evaluation: ['vsi'] });
    expect(printed).toMatch(/to {6}\S+\/me\/thing \(new, private\), branch main/u);
    expect(hub.server.repositories.get('models/me/thing')!.isPrivate).toBe(true);
    const sent = sentTo('models/me/thing');
    expect([...sent.keys()].sort()).toEqual([
      'README.md',
      'adapter_config.json',
      'adapter_model.safetensors',
    ]);
    const commit = hub.server.repositories.get('models/o/m')!.refs.get('main');
    expect(JSON.parse(sent.get('adapter_config.json')!)).toEqual({
      ...{ r: 8, base_model_name_or_path: 'o/m', revision: commit },
    });
    const { facts, text } = cardOf('models/me/thing');
    expect(facts).toMatchObject({
      ...{ license: 'apache-2.0', base_model: 'o/m', base_model_relation: 'adapter' },
      ...{ datasets: ['o/d'], library_name: 'peft', pipeline_tag: 'image-text-to-text' },
      'model-index': [{ results: [{ metrics: [{ value: 45.6 }] }] }],
    });
    for (const line of [
      '| headline (official: mean of 8 tasks, 1 of them here) | 45.6 [40.0, 50.0] | 80 |',
      '| answer | 1 | none |',
      '| ./mine.ts | 0.5 | none |',
      '| objective.klWeight | 0.02 |',
      '| base model o/m | apache-2.0 |',
      '| data set o/d | cc-by-4.0 |',
      'objective `grpo`, 20 steps, seed 3',
    ]) {
      expect(text).toContain(line);
    }
    for (const content of sent.values()) {
      expect(content).not.toContain(place);
      expect(content).not.toContain(hub.home);
      expect(content).not.toContain(TEST_TOKEN);
    }
    expect(printed).not.toContain(TEST_TOKEN);
  });

  test('is meant by its run, and shown alone on a dry run', async () => {
    const printed = await run({ folder: 'run', dryRun: true });
    expect(printed).toContain(`adapter ${join(place, folder)}`);
    expect(printed).toContain('base_model: o/m');
    expect(hub.server.repositories.has('models/me/thing')).toBe(false);
  });

  test('reports with --json what it would send, and the commit of what it sent', async () => {
    const results: unknown[] = [];
    const io = { ...quietIo(place).io, result: (found: unknown) => void results.push(found) };
    const flags = { folder, repository: 'me/thing', evaluation: [], yes: true } as const;
    await push({ ...flags, dryRun: true }, io);
    await push(flags, io);
    const shown = {
      ...{ kind: 'adapter', repository: 'me/thing', branch: 'main' },
      card: expect.stringContaining('base_model: o/m'),
      files: expect.arrayContaining(['adapter_model.safetensors', 'README.md']),
    };
    const { refs } = hub.server.repositories.get('models/me/thing')!;
    expect(results).toEqual([
      expect.objectContaining({ ...shown, isSent: false }),
      expect.objectContaining({ ...shown, isSent: true, commit: refs.get('main') }),
    ]);
  });

  test('is not sent without confirmation', async () => {
    const { io, printed } = quietIo(place);
    const flags = { folder, repository: 'me/thing', evaluation: [] };
    await expect(push(flags, io)).rejects.toMatchObject({ code: 'push-unconfirmed' });
    expect(printed()).toContain('adapter_model.safetensors');
    expect(hub.server.repositories.has('models/me/thing')).toBe(false);
  });

  test('updates a repository that is there, and can be public from the start', async () => {
    await run({ folder, public: true });
    expect(hub.server.repositories.get('models/me/thing')!.isPrivate).toBe(false);
    commitTo(hub.server.repositories.get('models/me/thing')!, { 'notes.md': 'mine' });
    const printed = await run({ folder, message: 'Again', license: 'mit' });
    expect(printed).toContain('(is there, public)');
    expect(sentTo('models/me/thing').get('notes.md')).toBe('mine');
    expect(hub.server.repositories.get('models/me/thing')!.messages.at(-1)).toBe('Again');
    expect(cardOf('models/me/thing').facts['license']).toBe('mit');
  });

  test('of a model on this disk needs a name for it', async () => {
    write({
      'a/adapter_config.json': '{"base_model_name_or_path": "/x/m"}',
      'a/adapter_model.safetensors': 'a',
    });
    await expect(run({ folder: 'a' })).rejects.toThrow(/\/x\/m, .*--base OWNER\/NAME/u);
    await run({ folder: 'a', base: 'o/m' });
    expect(sentTo('models/me/thing').get('adapter_config.json')).toContain('"o/m"');
  });

  test.each([
    ['without a token', { HF_TOKEN: '' }, 'me/thing', 'hub-no-token'],
    ['where one may not write', {}, 'somebody/thing', 'hub-forbidden'],
    ['to what is no repository', {}, 'thing', 'flag-misplaced'],
  ])('is refused %s', async (_, environment, repository, code) => {
    Object.assign(process.env, environment);
    await expect(run({ folder, repository })).rejects.toMatchObject({ code });
  });

  test('large files that are there are not sent again, and a busy hub is waited for', async () => {
    await run({ folder });
    hub.server.seen.length = 0;
    hub.server.fail({ at: /preupload/u, status: 429, headers: { 'retry-after': '0' } });
    await run({ folder, message: 'Again' });
    expect(hub.server.asked(/^\/upload/u)).toEqual([]);
    expect(hub.server.asked(/preupload/u)).toHaveLength(2);
  });
});

test('a data set is sent with what its links lead to, and nothing hidden', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'loci-media-'));
  writeFileSync(join(elsewhere, 'a.mp4'), 'film');
  write({ 'd/questions.jsonl': '{}\n', 'd/.secret': 'x', 'd/half.tmp': 'x' });
  symlinkSync(elsewhere, join(place, 'd/media'));
  symlinkSync(join(place, 'd'), join(place, 'd/round'));
  const printed = await run({ folder: 'd', license: 'cc0-1.0' });
  expect(printed).toContain('/datasets/me/thing');
  const sent = sentTo('datasets/me/thing');
  expect(sent.get('media/a.mp4')).toBe('film');
  expect([...sent.keys()].sort()).toEqual(['README.md', 'media/a.mp4', 'questions.jsonl']);
  expect(cardOf('datasets/me/thing').text).toContain('loci check-data --data hub:me/thing');
});

test('an evaluation is sent without the folders of this machine', async () => {
  write({
    'e/evaluation.json': JSON.stringify(REPORT.record),
    'e/predictions.jsonl': `${JSON.stringify({ video: join(homedir(), 'secret-place/a.mp4') })}\n`,
    'e/report.json': JSON.stringify(REPORT),
    'e/.unfinished': '',
  });
  const printed = await run({ folder: 'e' });
  expect(printed).toContain('warning: the card states no license');
  const sent = sentTo('datasets/me/thing');
  expect([...sent.keys()].sort()).toEqual([
    ...['README.md', 'evaluation.json', 'predictions.jsonl', 'report.json'],
  ]);
  expect(sent.get('predictions.jsonl')).toBe('{"video":"~/secret-place/a.mp4"}\n');
  for (const content of sent.values()) expect(content).not.toContain(homedir());
  expect(cardOf('datasets/me/thing').text).toContain('## Scores: vsi-bench');
});

test('the bundled model is a model, and a folder of anything else is named', async () => {
  cpSync(join(import.meta.dirname, '../../assets/start-model'), join(place, 'm'), {
    recursive: true,
  });
  await run({ folder: 'm', license: 'apache-2.0' });
  const sent = sentTo('models/me/thing');
  expect(sent.has('model.safetensors') && sent.has('recipe.json')).toBe(true);
  expect(sent.has('pretrain-metrics.jsonl')).toBe(false);
  expect(readFileSync(join(place, 'm/tokenizer.json'), 'utf8')).toBe(sent.get('tokenizer.json'));
  write({ 'x/notes.txt': 'x' });
  await expect(run({ folder: 'x' })).rejects.toMatchObject({ code: 'push-unknown' });
});
