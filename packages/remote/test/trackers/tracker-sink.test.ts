/** A tracker that is down, slow, or does not like something: the run goes on, and nothing is lost or sent twice. */
import { appendFileSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { TrackerRefusal } from '../../src/trackers/entry.ts';
import type { Delivery, Tracker } from '../../src/trackers/entry.ts';
import { Outbox } from '../../src/trackers/outbox.ts';
import { trackerSink } from '../../src/trackers/tracker-sink.ts';
import { contextOf, tellRun, temporaryRun } from './runs.ts';

const OPTIONS = { rolloutsEvery: 2, rollouts: 2, maxWaitingMb: 10, endSeconds: 5 };

/** A tracker that keeps ids, and can be down. */
class Remembering implements Tracker {
  readonly title = 'the tracker';
  readonly ids: string[] = [];
  readonly runs = new Set<string>();
  readonly pictures: number[] = [];
  isDown = false;
  hangs = false;
  refuses: string | undefined;

  async send({ entries, runId, picture, signal }: Delivery): Promise<void> {
    if (this.isDown) throw new Error('connect ECONNREFUSED');
    if (this.hangs)
      await new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    if (entries.some(({ id }) => id === this.refuses)) throw new TrackerRefusal('too odd');
    this.runs.add(runId);
    for (const entry of entries) {
      this.ids.push(entry.id.replace(/^(start|end)-\d+/u, '$1'));
      if (entry.kind !== 'rollouts') continue;
      for (const one of entry.rollouts) this.pictures.push(picture(one.picture ?? '')?.length ?? 0);
    }
  }
}

const WHOLE = [
  ...['start:0', 'figures:reward/total:1', 'figures:reward/total:2', 'figures:reward/total:3'],
  ...['figures:reward/total:4', 'alert:kl-grows:4', 'table:evaluation/after:4', 'end:4'],
  ...['rollouts:2', 'rollouts:4'],
];

describe('a tracker', () => {
  test('gets everything once, with pictures, and leaves nothing behind', async () => {
    const run = temporaryRun();
    const tracker = new Remembering();
    const sink = trackerSink('toy', tracker, OPTIONS, contextOf(run));
    tellRun(sink, 0, 4, run);
    await sink.close();
    expect(tracker.ids.toSorted()).toEqual(WHOLE.toSorted());
    expect(tracker.pictures).toEqual([22, 22, 22, 22]);
    expect(readdirSync(join(run, 'trackers', 'toy')).toSorted()).toEqual([
      'outbox.jsonl',
      'sent.json',
    ]);
    expect(readFileSync(join(run, 'trackers', 'toy', 'outbox.jsonl'), 'utf8')).toBe('');
  });

  test('that is down delays nothing, and gets what it missed when the run goes on', async () => {
    const run = temporaryRun();
    const tracker = new Remembering();
    tracker.isDown = true;
    const context = contextOf(run);
    const sink = trackerSink('toy', tracker, { ...OPTIONS, endSeconds: 0.2 }, context);
    const before = performance.now();
    tellRun(sink, 0, 3, run);
    expect(performance.now() - before).toBeLessThan(1000);
    const closing = performance.now();
    await sink.close();
    expect(performance.now() - closing).toBeLessThan(2000);
    expect(tracker.ids).toEqual([]);
    expect(context.lines[0]).toMatch(
      /the tracker cannot be reached \(connect ECONNREFUSED\): the run goes on/,
    );
    expect(context.lines.at(-1)).toMatch(/has not received everything.*loci sync/);

    tracker.isDown = false;
    const again = trackerSink('toy', tracker, OPTIONS, contextOf(run));
    tellRun(again, 3, 4, run);
    await again.close();
    expect(tracker.ids.filter((id) => id.startsWith('figures'))).toEqual(
      [1, 2, 3, 4].map((step) => `figures:reward/total:${step}`),
    );
    expect(tracker.runs.size).toBe(1);
    expect(tracker.pictures).toEqual([22, 22, 22, 22]);
  });

  test('that comes back while the run goes on is told so, and gets the rest', async () => {
    const run = temporaryRun();
    const tracker = new Remembering();
    tracker.isDown = true;
    const context = contextOf(run);
    const sink = trackerSink('toy', tracker, OPTIONS, context);
    sink.write({ step: 1, values: { a: 1 } });
    await new Promise((resolve) => setTimeout(resolve, 400));
    tracker.isDown = false;
    sink.write({ step: 2, values: { a: 2 } });
    await sink.close();
    expect(tracker.ids).toEqual(['figures:a:1', 'figures:a:2']);
    expect(context.lines.at(-1)).toBe(
      'the tracker can be reached again and gets the entries that waited',
    );
  });

  test('that hangs holds the end of the run for endSeconds, and no longer', async () => {
    const run = temporaryRun();
    const tracker = new Remembering();
    tracker.hangs = true;
    const sink = trackerSink('toy', tracker, { ...OPTIONS, endSeconds: 0.3 }, contextOf(run));
    sink.write({ step: 1, values: { a: 1 } });
    const before = performance.now();
    await sink.close();
    expect(performance.now() - before).toBeLessThan(2000);
    tracker.hangs = false;
    const later = trackerSink('toy', tracker, OPTIONS, contextOf(run));
    expect(await later.catchUp!()).toEqual({ name: 'toy', sent: 1, left: 0 });
    expect(tracker.ids).toEqual(['figures:a:1']);
  });

  test('gets no step twice when a killed run does some again, and the new ones of what it had not got', async () => {
    const run = temporaryRun();
    const tracker = new Remembering();
    const sink = trackerSink('toy', tracker, OPTIONS, contextOf(run));
    sink.rewind!(-1);
    for (const step of [1, 2, 3]) sink.write({ step, values: { a: step } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    tracker.isDown = true;
    for (const step of [4, 5]) sink.write({ step, values: { a: step } });
    // Killed here: nothing is closed, and a line was not finished.
    appendFileSync(join(run, 'trackers', 'toy', 'outbox.jsonl'), '{"kind":"fig');

    tracker.isDown = false;
    const resumed = trackerSink('toy', tracker, OPTIONS, contextOf(run));
    resumed.rewind!(2);
    for (const step of [3, 4, 5, 6]) resumed.write({ step, values: { a: step } });
    await resumed.close();
    expect(tracker.ids).toEqual([1, 2, 3, 4, 5, 6].map((step) => `figures:a:${step}`));
  });

  test('that refuses one entry gets all others', async () => {
    const run = temporaryRun();
    const tracker = new Remembering();
    tracker.refuses = 'figures:a:3';
    const context = contextOf(run);
    const sink = trackerSink('toy', tracker, OPTIONS, context);
    for (const step of [1, 2, 3, 4, 5]) sink.write({ step, values: { a: step } });
    await sink.close();
    expect(tracker.ids).toEqual([1, 2, 4, 5].map((step) => `figures:a:${step}`));
    expect(context.lines).toEqual([
      'the tracker rejects figures of step 3, which is left out: too odd',
    ]);
  });

  test('that is down for long fills no more than its share of the disk', async () => {
    const run = temporaryRun();
    const tracker = new Remembering();
    tracker.isDown = true;
    const context = contextOf(run);
    const sink = trackerSink(
      'toy',
      tracker,
      { ...OPTIONS, maxWaitingMb: 0.01, endSeconds: 0 },
      context,
    );
    for (let step = 1; step <= 300; step++) {
      sink.table!({ name: 'big', step, columns: ['a'], rows: [['x'.repeat(400)]] });
    }
    for (let step = 1; step <= 300; step++) sink.write({ step, values: { a: step } });
    await sink.close();
    const size = readFileSync(join(run, 'trackers', 'toy', 'outbox.jsonl')).length;
    expect(size).toBeGreaterThan(8000);
    expect(size).toBeLessThan(10_000);
    expect(context.lines.filter((line) => line.includes('no longer wait'))).toHaveLength(2);
  });

  test('makes no second half of a run folder that was moved', async () => {
    const run = join(temporaryRun(), 'moved');
    const context = contextOf(run);
    const sink = trackerSink('toy', new Remembering(), OPTIONS, context);
    sink.write({ step: 1, values: { a: 1 } });
    await sink.close();
    expect(existsSync(run)).toBe(false);
    expect(context.lines).toEqual([
      expect.stringMatching(/^The outbox of the tracker cannot be written: .*ENOENT/),
    ]);
  });

  test('leaves no folder in a run that never began', async () => {
    const run = temporaryRun();
    const sink = trackerSink('toy', new Remembering(), OPTIONS, contextOf(run));
    sink.rewind!(-1);
    await sink.close();
    expect(existsSync(join(run, 'trackers'))).toBe(false);
  });
});

describe('an outbox', () => {
  const entry = (step: number) =>
    ({ kind: 'figures', values: { a: step }, step, time: 1, id: `figures:a:${step}` }) as const;

  test('gives entries in order, some at a time, and goes on after a restart', () => {
    const folder = join(temporaryRun(), 'box');
    const first = new Outbox(folder, 1e6);
    for (const step of [1, 2, 3]) first.append(entry(step));
    const batch = first.next(2)!;
    expect(batch.entries.map(({ step }) => step)).toEqual([1, 2]);
    first.confirm(batch);
    const second = new Outbox(folder, 1e6);
    expect(second.runId).toBe(first.runId);
    expect(second.next(9)!.entries.map(({ step }) => step)).toEqual([3]);
    expect([second.knows(entry(2)), second.knows(entry(3))]).toEqual([true, false]);
    second.confirm(second.next(9)!);
    expect(second.next(9)).toBeUndefined();
  });

  test('counts the pictures of an earlier process in its limit', () => {
    const folder = join(temporaryRun(), 'box');
    new Outbox(folder, 1000).addPicture('step-1-0.jpg', new Uint8Array(600));
    const again = new Outbox(folder, 1000);
    expect([again.hasRoom(300, false), again.hasRoom(500, false)]).toEqual([true, false]);
  });

  test('reads entries that are larger than what it reads at once', () => {
    const box = new Outbox(join(temporaryRun(), 'box'), 1e9);
    const text = 'x'.repeat(3 << 19);
    box.append({ ...entry(1), kind: 'alert', alert: { message: text } } as never);
    box.append(entry(2));
    const batch = box.next(9)!;
    expect(batch.entries[0]).toMatchObject({ alert: { message: text } });
    box.confirm(batch);
    expect(box.next(9)?.entries.map(({ step }) => step) ?? [2]).toEqual([2]);
  });

  test('is cut where much was sent and much still waits, and gives nothing twice', () => {
    const folder = join(temporaryRun(), 'box');
    const box = new Outbox(folder, 1e9);
    const text = 'x'.repeat(1 << 20);
    for (let step = 1; step <= 12; step++) {
      box.append({ ...entry(step), kind: 'alert', alert: { message: text } } as never);
    }
    for (let step = 1; step <= 6; step++) box.confirm(box.next(1)!);
    expect(readFileSync(join(folder, 'outbox.jsonl')).length).toBeLessThan(9 << 20);
    const again = new Outbox(folder, 1e9);
    const left: number[] = [];
    for (let batch = again.next(1); batch !== undefined; batch = again.next(1)) {
      left.push(...batch.entries.map(({ step }) => step));
      again.confirm(batch);
    }
    expect(left).toEqual([7, 8, 9, 10, 11, 12]);
  });
});
