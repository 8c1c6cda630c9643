/** Archives as strangers may make them: each is written byte by byte here, since no program writes the bad ones. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Logger } from '@loci/core';
import { archivesIn } from '../../src/archives/archive-names.ts';
import { boundsOf } from '../../src/archives/bounds.ts';
import type { Bounds } from '../../src/archives/bounds.ts';
import { unpack } from '../../src/archives/unpack.ts';
import { bytes, newFolder } from '../support/workplace.ts';

let place: string;
let told: string[];
beforeEach(() => {
  place = newFolder();
  told = [];
});
const logger: Logger = {
  info: (line) => void told.push(line),
  warn: (line) => void told.push(`warning: ${line}`),
};

/** An entry of an archive. */
interface Made {
  readonly name: string;
  readonly content?: Buffer | string;
  /** Type of a tar entry; mode of Unix of a zip entry. */
  readonly type?: string;
  readonly mode?: number;
  readonly link?: string;
  readonly crc?: number;
  readonly size?: number;
}

function tar(entries: readonly Made[]): Buffer {
  const blocks = entries.flatMap(({ name, content = '', type = '0', link = '' }) => {
    const data = Buffer.from(content);
    const head = Buffer.alloc(512);
    head.write(name, 0);
    head.write('0000644\0', 100);
    head.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124);
    head.write('        ', 148);
    head.write(type, 156);
    head.write(link, 157);
    head.write('ustar\x0000', 257);
    const sum = head.reduce((total, byte) => total + byte, 0);
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [head, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function zip(entries: readonly Made[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content = '', mode = 0o100644, crc, size } of entries) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc ?? crc32(data), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(size ?? data.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    local.push(Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed);
    const more = Buffer.alloc(14);
    more.writeUInt32LE(mode * 2 ** 16, 6);
    more.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), fields, more, Buffer.from(name));
    offset += 4 + 26 + Buffer.byteLength(name) + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, directory, Buffer.from('PK\x05\x06'), end]);
}

/** Unpacks bytes, cut into parts, and gives what came out. */
async function unpacked(
  form: 'zip' | 'tar',
  packed: Buffer,
  { parts = 1, bounds }: { readonly parts?: number; readonly bounds?: Bounds } = {},
): Promise<Readonly<Record<string, string>>> {
  const each = Math.ceil(packed.length / parts);
  const paths = Array.from({ length: parts }, (_, part) => {
    const path = join(place, `a.${form}.${part}`);
    writeFileSync(path, packed.subarray(part * each, (part + 1) * each));
    return path;
  });
  const folder = join(place, 'out');
  await unpack({ path: `a.${form}`, form, parts: paths }, folder, logger, bounds);
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'latin1')])
      .sort(),
  ) as Record<string, string>;
}

const FORMS = { zip, tar };
const forms = ['zip', 'tar'] as const;

describe.each(forms)('%s', (form) => {
  const make = FORMS[form];

  test('files come out, in folders, without what computers add', async () => {
    const content = bytes(70_000).toString('latin1');
    const packed = make([
      { name: './a/b.txt', content: Buffer.from(content, 'latin1') },
      { name: 'c.txt', content: 'c' },
      { name: '__MACOSX/a/._b.txt', content: 'x' },
    ]);
    const expected = { 'a/b.txt': content, 'c.txt': 'c' };
    expect(await unpacked(form, packed)).toEqual(expected);
  });

  test('parts are read as one', async () => {
    const packed = make([{ name: 'a.bin', content: bytes(9000) }]);
    const whole = await unpacked(form, packed, { parts: 3 });
    expect(Buffer.from(whole['a.bin']!, 'latin1').equals(bytes(9000))).toBe(true);
  });

  test.each(['../evil.txt', 'a/../../evil.txt', '/etc/evil.txt', 'C:/evil.txt'])(
    '%s stops all of it',
    async (name) => {
      const packed = make([
        { name: 'good.txt', content: 'g' },
        { name, content: 'e' },
      ]);
      await expect(unpacked(form, packed)).rejects.toMatchObject({ code: 'archive-path' });
      expect(readdirSync(place).filter((one) => /^out/u.test(one) && !/lock/u.test(one))).toEqual(
        [],
      );
      expect(existsSync(join(place, '../evil.txt'))).toBe(false);
    },
  );

  test('links are left out, so that nothing is written through them', async () => {
    const packed = make([
      {
        name: 'way',
        type: '2',
        mode: 0o120777,
        link: '/tmp',
        content: form === 'zip' ? '/tmp' : '',
      },
      { name: 'way/loci-evil.txt', content: 'e' },
    ]);
    expect(await unpacked(form, packed)).toEqual({ 'way/loci-evil.txt': 'e' });
    expect(existsSync('/tmp/loci-evil.txt')).toBe(false);
    expect(told.join()).toMatch(/warning: a\.\w+: skipped 1 links or devices, unpacked 1 files/u);
  });

  test('size and number have bounds', async () => {
    const packed = make([
      { name: 'a.txt', content: 'a'.repeat(5000) },
      { name: 'b.txt', content: 'b' },
    ]);
    const tight = { files: 1, bytes: 1e6 };
    await expect(unpacked(form, packed, { bounds: tight })).rejects.toThrow(/more than 1 files/u);
    const small = { files: 9, bytes: 4000 };
    await expect(unpacked(form, packed, { bounds: small })).rejects.toMatchObject({
      code: 'archive-large',
    });
    expect(existsSync(join(place, 'out'))).toBe(false);
  });

  test('a cut one is damaged', async () => {
    const packed = make([{ name: 'a.txt', content: bytes(5000) }]);
    await expect(unpacked(form, packed.subarray(0, 2000))).rejects.toMatchObject({
      code: 'archive-damaged',
    });
  });

  test('the same file twice is damaged, too', async () => {
    const twice = make([
      { name: 'a.txt', content: '1' },
      { name: './a.txt', content: '2' },
    ]);
    await expect(unpacked(form, twice)).rejects.toMatchObject({ code: 'archive-damaged' });
  });
});

test('a zip bomb ends at its bounds', async () => {
  const packed = zip([{ name: 'zeros', content: Buffer.alloc(3_000_000) }]);
  expect(packed.length).toBeLessThan(10_000);
  const bounds = { files: 10, bytes: 1_000_000 };
  await expect(unpacked('zip', packed, { bounds })).rejects.toMatchObject({
    code: 'archive-large',
  });
  expect(boundsOf(packed.length)).toEqual({ files: 2_000_000, bytes: 1e9 });
});

test.each([
  ['checksum', { crc: 7 }],
  ['size', { size: 9 }],
])('a zip entry with a wrong %s is damaged', async (_, wrong) => {
  const packed = zip([{ name: 'a.txt', content: 'abc', ...wrong }]);
  await expect(unpacked('zip', packed)).rejects.toMatchObject({ code: 'archive-damaged' });
});

test.each(forms)(
  'an archive whose name does not say it is read by its content: %s',
  async (form) => {
    const packed = FORMS[form]([{ name: 'a.txt', content: 'abc' }]);
    const paths = [packed.subarray(0, 1), packed.subarray(1)].map((part, index) => {
      writeFileSync(join(place, `S.part_0${index}`), part);
      return join(place, `S.part_0${index}`);
    });
    await unpack({ path: 'S', form: 'unknown', parts: paths }, join(place, 'out'), logger);
    expect(readFileSync(join(place, 'out/a.txt'), 'utf8')).toBe('abc');
  },
);

test('a packed tar file is read by its content', async () => {
  const packed = gzipSync(tar([{ name: 'a.txt', content: 'abc' }]));
  expect(await unpacked('tar', packed)).toEqual({ 'a.txt': 'abc' });
});

test('what is no archive is damaged', async () => {
  await expect(unpacked('zip', bytes(500))).rejects.toMatchObject({ code: 'archive-damaged' });
  await expect(unpacked('tar', bytes(2048))).rejects.toMatchObject({ code: 'archive-damaged' });
});

test('parts are known by their names, in the order of their numbers', () => {
  const paths = [
    'S.part_01',
    'S.part_00',
    'v.tar.part.ab',
    'v.tar.part.aa',
    'x/a.zip.10',
    'x/a.zip.9',
    'b.tar.gz',
    'c.json',
  ];
  expect(archivesIn(paths)).toEqual([
    { path: 'S', form: 'unknown', parts: ['S.part_00', 'S.part_01'] },
    { path: 'v.tar', form: 'tar', parts: ['v.tar.part.aa', 'v.tar.part.ab'] },
    { path: 'x/a.zip', form: 'zip', parts: ['x/a.zip.9', 'x/a.zip.10'] },
    { path: 'b.tar.gz', form: 'tar', parts: ['b.tar.gz'] },
  ]);
});
