import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { AppendFile, keepLinesThrough } from '../../src/files/append-file.ts';
import { sinkPlugins } from '../../src/metrics/sink-plugins.ts';
import {
  crc32c,
  frameRecord,
  maskedCrc32c,
  scalarsEvent,
  textsEvent,
  versionEvent,
  wholeEvents,
} from '../../src/metrics/tfevents.ts';
import { createFromPlugin, parseOptions } from '../../src/plugin/create-plugin.ts';
import { PluginRegistry } from '../../src/plugin/registry.ts';
import type { MetricSink } from '../../src/spec/index.ts';
import { fakeLogger } from '../../src/testing/index.ts';
import { loggedRollout } from './logged-rollout.ts';

const ALERT = {
  ...{ name: 'kl-grows' as const, metric: 'policy/kl', value: 0.6, threshold: 0.5 },
  message: 'The KL has grown',
} as const;

const folder = (): string => mkdtempSync(join(tmpdir(), 'loci-sink-'));

function sink(name: string, runDirectory: string): Promise<MetricSink> {
  const plugin = new PluginRegistry(sinkPlugins).get('sink', name);
  const context = { seed: 1, baseDirectory: '/', runDirectory, logger: fakeLogger() };
  return createFromPlugin(plugin, parseOptions(plugin, {}), context);
}

/** Payloads of a TFRecord file, every checksum verified. */
function records(file: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    expect(file.readUInt32LE(at + 8)).toBe(maskedCrc32c(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(file.readUInt32LE(at + 12 + length)).toBe(maskedCrc32c(data));
    found.push(data);
    at += length + 16;
  }
  return found;
}

describe('tfevents', () => {
  test('CRC-32C as in RFC 3720, appendix B.4', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
    expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
  });

  test('an event is the protocol buffer that TensorBoard reads', () => {
    const event = scalarsEvent(1.5, 300, { loss: 0.25 });
    expect(event.toString('hex')).toBe(
      `09${'000000000000f83f'}10ac02${'2a0d'}${'0a0b'}${'0a04'}${Buffer.from('loss').toString('hex')}15${'0000803e'}`,
    );
    expect(versionEvent(0).toString('latin1')).toContain('brain.Event:2');
  });

  test('the whole records of a file are read back with their steps and tags', () => {
    const long = 'a tag of more than 127 bytes '.repeat(9);
    const events = [
      versionEvent(0),
      ...[1, 2, 130, 131, 130].map((step) => scalarsEvent(0, step, { a: 1, b: 2 })),
      textsEvent(0, 70_000, { [long]: 'text' }),
    ];
    const file = Buffer.concat(events.map(frameRecord));
    const found = wholeEvents(file);
    expect(found.map(({ step }) => step)).toEqual([-1, 1, 2, 130, 131, 130, 70_000]);
    expect(found.map(({ tag }) => tag)).toEqual([undefined, 'a', 'a', 'a', 'a', 'a', long]);
    expect(found.map(({ event }) => event)).toEqual(events);
    expect(Buffer.concat(found.map(({ record }) => record))).toEqual(file);
    expect(wholeEvents(file.subarray(0, -1))).toEqual(found.slice(0, -1));
  });
});

describe('sinks', () => {
  test('jsonl writes a line a record, on disk at once', async () => {
    const run = folder();
    const jsonl = await sink('jsonl', run);
    jsonl.write({ step: 1, values: { 'reward/total': 0.5 } });
    expect(readFileSync(join(run, 'metrics.jsonl'), 'utf8')).toBe(
      '{"step":1,"reward/total":0.5}\n',
    );
    await jsonl.close();
  });

  test('tensorboard writes records with right checksums, one file however often it is opened', async () => {
    const run = folder();
    for (const step of [1, 2]) {
      const tensorboard = await sink('tensorboard', run);
      tensorboard.write({ step, values: { a: 1, b: 2 } });
      await tensorboard.close();
    }
    const files = readdirSync(join(run, 'tensorboard'));
    expect(files).toEqual([expect.stringMatching(/^events\.out\.tfevents\.\d+\./)]);
    expect(records(readFileSync(join(run, 'tensorboard', files[0]!)))).toHaveLength(3);
  });

  test.each(['jsonl', 'tensorboard'])(
    '%s drops later steps when rewound, and survives a torn end',
    async (name) => {
      const file = (run: string): Buffer => {
        const path =
          name === 'jsonl'
            ? join(run, 'metrics.jsonl')
            : join(run, 'tensorboard', readdirSync(join(run, 'tensorboard'))[0]!);
        return readFileSync(path);
      };
      const [run, expected] = [folder(), folder()];
      const write = async (
        directory: string,
        steps: readonly number[],
        rewindTo?: number,
      ): Promise<void> => {
        const output = await sink(name, directory);
        if (rewindTo !== undefined) output.rewind!(rewindTo);
        for (const step of steps) output.write({ step, values: { a: step } });
        await output.close();
      };
      await write(run, [1, 2, 3, 4]);
      appendFileSync(
        name === 'jsonl'
          ? join(run, 'metrics.jsonl')
          : join(run, 'tensorboard', readdirSync(join(run, 'tensorboard'))[0]!),
        '{"st',
      );
      await write(run, [3, 4], 2);
      await write(expected, [1, 2, 3, 4]);
      expect(file(run).length).toBe(file(expected).length);
    },
  );

  test('jsonl keeps alerts and tables beside the figures, and drops those of later steps', async () => {
    const run = folder();
    const table = { name: 'evaluation', columns: ['a'], rows: [[1]] };
    const first = await sink('jsonl', run);
    for (const step of [1, 2]) {
      first.table!({ ...table, step });
      first.alert!({ ...ALERT, step });
    }
    await first.close();
    const second = await sink('jsonl', run);
    second.rewind!(1);
    const read = (name: string): unknown => JSON.parse(readFileSync(join(run, name), 'utf8'));
    expect(read('tables.jsonl')).toEqual({ ...table, step: 1 });
    expect(read('alerts.jsonl')).toEqual({ ...ALERT, step: 1 });
  });

  test('tensorboard keeps the end of a run that was over, and drops that of a run that goes on', async () => {
    const run = folder();
    const visit = async (from: number, to: number): Promise<Buffer> => {
      const tensorboard = await sink('tensorboard', run);
      tensorboard.rewind!(from);
      for (let step = from + 1; step <= to; step++) tensorboard.write({ step, values: { a: 1 } });
      tensorboard.end!({ step: to, reason: to === 4 ? 'finished' : 'stopped' });
      await tensorboard.close();
      const [file] = readdirSync(join(run, 'tensorboard'));
      return readFileSync(join(run, 'tensorboard', file!));
    };
    const ends = (file: Buffer) => wholeEvents(file).filter(({ tag }) => tag === 'end');
    expect(ends(await visit(0, 2)).map(({ step }) => step)).toEqual([2]);
    const finished = await visit(2, 4);
    expect(ends(finished).map(({ step }) => step)).toEqual([4]);
    expect(await visit(4, 4)).toEqual(finished);
    expect(ends(await visit(4, 6)).map(({ step }) => step)).toEqual([6]);
  });

  test('tensorboard goes on without pictures where drawing them fails', async () => {
    const run = folder();
    const logger = fakeLogger();
    const plugin = new PluginRegistry(sinkPlugins).get('sink', 'tensorboard');
    const context = {
      ...{ seed: 1, baseDirectory: '/', runDirectory: run, logger },
      preview: () => Promise.reject(new Error('no such codec')),
    };
    const tensorboard = await createFromPlugin(plugin, parseOptions(plugin, {}), context);
    tensorboard.rollouts!(10, [loggedRollout('a', 1)]);
    tensorboard.write({ step: 10, values: { a: 1 } });
    await tensorboard.close();
    expect(logger.lines).toEqual(['TensorBoard gets no pictures of step 10: no such codec']);
    const [file] = readdirSync(join(run, 'tensorboard'));
    expect(records(readFileSync(join(run, 'tensorboard', file!)))).toHaveLength(3);
  });

  test('need a run folder', async () => {
    const plugin = new PluginRegistry(sinkPlugins).get('sink', 'jsonl');
    const context = { seed: 1, baseDirectory: '/', logger: fakeLogger() };
    await expect(createFromPlugin(plugin, parseOptions(plugin, {}), context)).rejects.toMatchObject(
      { code: 'no-run-directory' },
    );
  });
});

describe('files that grow', () => {
  const onFull = existsSync('/dev/full') ? test : test.skip;
  onFull('a full disk is one clear error', () => {
    const file = new AppendFile('/dev/full');
    expect(() => file.append('line\n')).toThrow(
      /No space is left to write \/dev\/full; free some, then resume/,
    );
    file.close();
  });

  test('keepLinesThrough keeps whole lines of earlier steps only', () => {
    const path = join(folder(), 'log.jsonl');
    writeFileSync(path, '{"step":1}\n{"step":2}\n{"step":3}\n{"ste');
    keepLinesThrough(path, 2);
    expect(readFileSync(path, 'utf8')).toBe('{"step":1}\n{"step":2}\n');
    keepLinesThrough(path, 5);
    expect(readFileSync(path, 'utf8')).toBe('{"step":1}\n{"step":2}\n');
    keepLinesThrough(join(folder(), 'absent'), 1);
    keepLinesThrough(path, 0);
    expect(readFileSync(path, 'utf8')).toBe('');
    keepLinesThrough(path, 0);
  });

  test('a file that is larger than memory is cut all the same', () => {
    const path = join(folder(), 'log.jsonl');
    const hole = 3 * 2 ** 30;
    const file = openSync(path, 'w');
    const long = JSON.stringify({ text: 'ü'.repeat(2 ** 20), step: 2 });
    writeSync(file, `\n{"step":1}\n${long}\n{"step":3}\n{"st`, hole);
    closeSync(file);
    keepLinesThrough(path, 2);
    expect(statSync(path).size).toBe(hole + 13 + Buffer.byteLength(long));
    keepLinesThrough(path, 1);
    expect(statSync(path).size).toBe(hole + 12);
    rmSync(path);
  });
});
