import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { metricsOf, temporaryFolder, trainToy } from '../toy-run.ts';

/** What must not differ between two runs: everything but the times. */
function timeless(metrics: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(metrics).filter(
      ([name]) => !name.startsWith('seconds/') && !name.startsWith('speed/'),
    ),
  );
}

function linesWithoutTimes(folder: string): readonly unknown[] {
  const text = readFileSync(join(folder, 'metrics.jsonl'), 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => timeless(JSON.parse(line) as Record<string, number>));
}

function events(folder: string): Buffer {
  const [file] = readdirSync(join(folder, 'tensorboard'));
  return readFileSync(join(folder, 'tensorboard', file!));
}

describe('a resumed run', () => {
  test('goes on after stop() as if it had never stopped', async () => {
    const whole = await trainToy(temporaryFolder());
    const folder = temporaryFolder();
    const first = await trainToy(
      folder,
      [],
      {},
      {
        onEvent: (event, stop) => {
          if (event.type === 'step-end' && event.step === 3) stop();
        },
      },
    );
    expect(first.outcome).toEqual({ step: 3, reason: 'stopped' });
    const second = await trainToy(folder, [], {}, { resume: true });
    expect(second.events[0]).toMatchObject({ type: 'run-start', startStep: 3 });
    expect([...metricsOf(first.events), ...metricsOf(second.events)].map(timeless)).toEqual(
      metricsOf(whole.events).map(timeless),
    );
  });

  test('stop() in the middle of sampling leaves no trace of the step', async () => {
    const whole = temporaryFolder();
    await trainToy(whole);
    const folder = temporaryFolder();
    const first = await trainToy(
      folder,
      ['sampler.chunkTokens=1'],
      {},
      {
        onEvent: (event, stop) => {
          if (event.type === 'chunk' && event.step === 4) stop();
        },
      },
    );
    expect(first.outcome).toEqual({ step: 3, reason: 'stopped' });
    expect(readdirSync(join(folder, 'checkpoints'))).toContain('step-000003');
    await trainToy(folder, [], {}, { resume: true });
    expect(readFileSync(join(folder, 'rollouts.jsonl'), 'utf8')).toBe(
      readFileSync(join(whole, 'rollouts.jsonl'), 'utf8'),
    );
  });

  test('makes up for an evaluation that stop() cut short', async () => {
    const set = ['evaluate.every=2', 'evaluate.questions=4', 'evaluate.batchSize=1'];
    const whole = temporaryFolder();
    await trainToy(whole, set);
    const folder = temporaryFolder();
    const stopped = await trainToy(
      folder,
      set,
      {},
      {
        onEvent: (event, stop) => {
          if (event.type === 'evaluation-progress' && event.step === 2) stop();
        },
      },
    );
    expect(stopped.outcome).toEqual({ step: 2, reason: 'stopped' });
    const resumed = await trainToy(folder, set, {}, { resume: true });
    expect(resumed.events[1]).toMatchObject({ type: 'evaluation-progress', step: 2 });
    const written = (run: string) => readdirSync(join(run, 'evaluations')).sort();
    expect(written(folder)).toEqual(written(whole));
    expect(linesWithoutTimes(folder)).toEqual(linesWithoutTimes(whole));
  });

  test('goes on from the newest whole checkpoint after kill -9, with no line lost or doubled', async () => {
    const whole = temporaryFolder();
    await trainToy(whole);
    const folder = temporaryFolder();
    const killed = temporaryFolder();
    await trainToy(
      folder,
      [],
      {},
      {
        onEvent: (event) => {
          if (event.type !== 'rollout-group' || event.step !== 6) return;
          rmSync(killed, { recursive: true });
          cpSync(folder, killed, { recursive: true });
        },
      },
    );
    // What a kill may leave behind: half a line, half a record, half a checkpoint.
    appendFileSync(join(killed, 'metrics.jsonl'), '{"step": 6, "rew');
    const [events0] = readdirSync(join(killed, 'tensorboard'));
    appendFileSync(join(killed, 'tensorboard', events0!), Buffer.from([9, 0, 0]));
    mkdirSync(join(killed, 'checkpoints', 'step-000005'));
    writeFileSync(join(killed, 'checkpoints', 'step-000005', 'table.json'), '{"logits": [');
    const resumed = await trainToy(killed, [], {}, { resume: true });
    expect(resumed.events[0]).toMatchObject({ startStep: 4 });
    expect(linesWithoutTimes(killed)).toEqual(linesWithoutTimes(whole));
    expect(readFileSync(join(killed, 'rollouts.jsonl'), 'utf8')).toBe(
      readFileSync(join(whole, 'rollouts.jsonl'), 'utf8'),
    );
    expect(events(killed).length).toBe(events(whole).length);
  });

  test('begins anew when it was killed before its first checkpoint', async () => {
    const folder = temporaryFolder();
    const killed = temporaryFolder();
    const evaluated = ['evaluate.questions=4'];
    await trainToy(
      folder,
      evaluated,
      {},
      {
        onEvent: (event) => {
          if (event.type !== 'step-end' || event.step !== 1) return;
          rmSync(killed, { recursive: true });
          cpSync(folder, killed, { recursive: true });
        },
      },
    );
    const resumed = await trainToy(killed, evaluated, {}, { resume: true });
    expect(resumed.events[0]).toMatchObject({ startStep: 0 });
    const lines = linesWithoutTimes(folder);
    expect(lines[0]).toMatchObject({ step: 0 });
    expect(linesWithoutTimes(killed)).toEqual(lines);
  });

  test('needs a run, the same seed, and a checkpoint that can be read', async () => {
    const folder = temporaryFolder();
    await expect(trainToy(folder, [], {}, { resume: true })).rejects.toMatchObject({
      code: 'no-such-run',
    });
    await trainToy(folder, ['steps=2']);
    const stored = readFileSync(join(folder, 'config.yaml'), 'utf8');
    await expect(trainToy(folder, ['seed=4'], {}, { resume: true })).rejects.toMatchObject({
      code: 'seed-differs',
    });
    const checkpoint = join(folder, 'checkpoints', 'step-000002');
    writeFileSync(join(checkpoint, 'table.json'), '{"logits": [');
    await expect(trainToy(folder, [], {}, { resume: true })).rejects.toMatchObject({
      code: 'checkpoint-corrupt',
    });
    writeFileSync(join(checkpoint, 'trainer-state.json'), '{"step": "two"}');
    await expect(trainToy(folder, [], {}, { resume: true })).rejects.toMatchObject({
      code: 'checkpoint-corrupt',
      message: expect.stringContaining('trainer-state.json'),
    });
    // What it could not go on with is not what it is stored with.
    expect(readFileSync(join(folder, 'config.yaml'), 'utf8')).toBe(stored);
  });

  test('says how to go on from an older checkpoint when the newest is damaged', async () => {
    const folder = temporaryFolder();
    await trainToy(folder, ['steps=4', 'checkpoint.every=2']);
    const newest = join(folder, 'checkpoints', 'step-000004');
    const state = readFileSync(join(newest, 'trainer-state.json'), 'utf8');
    const table = readFileSync(join(newest, 'table.json'), 'utf8');
    const helpful = {
      code: 'checkpoint-corrupt',
      message: expect.stringContaining(
        `older step-000002, remove the damaged folder and resume again: rm -r ${newest}`,
      ),
    };
    const resume = () => trainToy(folder, ['steps=6'], {}, { resume: true });
    rmSync(join(newest, 'table.json'));
    await expect(resume()).rejects.toMatchObject(helpful);
    writeFileSync(join(newest, 'table.json'), table.slice(0, 20));
    await expect(resume()).rejects.toMatchObject(helpful);
    writeFileSync(join(newest, 'table.json'), table);
    writeFileSync(join(newest, 'trainer-state.json'), state.slice(0, 10));
    await expect(resume()).rejects.toMatchObject(helpful);
    rmSync(newest, { recursive: true });
    const { events: seen } = await resume();
    expect(seen[0]).toMatchObject({ type: 'run-start', startStep: 2 });
  });

  test('says what it does otherwise than before, and what more steps do to the learning rate', async () => {
    const folder = temporaryFolder();
    await trainToy(folder, ['steps=2', 'schedule=cosine']);
    const longer = ['steps=6', 'schedule=cosine', 'checkpoint.every=3'];
    const { lines } = await trainToy(folder, longer, {}, { resume: true });
    expect(lines[0]).toMatch(
      /other settings than it was stored with: steps 2 → 6; .*checkpoint.every .* → 3/,
    );
    expect(lines[1]).toMatch(
      /"cosine" spreads over all steps.*step 2 to step 3 the learning rate rises from 50 % to 75 %/,
    );
    const again = await trainToy(folder, longer, {}, { resume: true });
    expect(again.lines.join()).not.toContain('other settings');
    const past = await trainToy(folder, ['steps=4', 'schedule=cosine'], {}, { resume: true });
    expect(past.lines[1]).toMatch(/^The run is already at step 6, past its steps \(4\)/);
  });

  test('takes options that a release added or renamed for no other settings', async () => {
    const folder = temporaryFolder();
    await trainToy(folder, ['steps=2', 'objective.klWeight=0.02']);
    const file = join(folder, 'config.yaml');
    const stored = readFileSync(file, 'utf8');
    const former = 'objective:\n  use: grpo\n  normalisation: sequence\n  klWeight: 0.02\n';
    const earlier = stored.replace(/^objective:\n(?: {2}.*\n)+/m, former);
    expect(earlier).toContain('normalisation');
    writeFileSync(file, earlier);
    const { lines } = await trainToy(
      folder,
      ['steps=2', 'objective.klWeight=0.02'],
      {},
      { resume: true },
    );
    expect(lines.filter((line) => line.includes('other settings'))).toEqual([]);
    const { lines: other } = await trainToy(
      folder,
      ['steps=2', 'objective.klWeight=0.5'],
      {},
      { resume: true },
    );
    expect(other.join('\n')).toContain('objective.klWeight 0.02 → 0.5');
  });
});
