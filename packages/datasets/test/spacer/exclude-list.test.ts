import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ExcludeList, readExcludeLists } from '../../src/spacer/exclude-list.ts';

test('names count with or without folder and extension', () => {
  const list = new ExcludeList([
    'scannetpp/7b6477cb95.mp4',
    '41069021',
    'C:\\videos\\a.b.mp4',
    '  ',
  ]);
  expect(list.size).toBe(3);
  expect(list.why('7b6477cb95')).toBe('listed');
  expect(list.why('/videos/41069021.mkv')).toBe('listed');
  expect(list.why('x/a.b.mp4')).toBe('listed');
  expect(list.why('a.b')).toBe('listed');
  expect(list.why('a')).toBeUndefined();
  expect(list.why('4106902')).toBeUndefined();
  expect(list.unmet).toEqual([]);
});

test('other scans of a listed ScanNet space are left out with it', () => {
  const list = new ExcludeList(['scene0670_00.mp4']);
  expect(list.why('scene0670_01')).toBe('same-space');
  expect(list.why('scene0671_00')).toBeUndefined();
  expect(list.unmet).toEqual(['scene0670_00']);
});

test('files are read with any line ends; one that names nothing, or is not there, is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loci-exclude-'));
  const [list, empty] = [join(folder, 'list.txt'), join(folder, 'empty.txt')];
  await writeFile(list, '\uFEFFscene0001_00.mp4\r\nscene0002_00.mp4\n\n');
  await writeFile(empty, '\n\n');
  expect((await readExcludeLists([list])).size).toBe(2);
  await expect(readExcludeLists([list, empty])).rejects.toThrow(/empty\.txt .*names no scene/u);
  await expect(readExcludeLists([join(folder, 'gone.txt')])).rejects.toMatchObject({
    code: 'exclude-list-unreadable',
  });
});

test('comments are passed over, and what is more than a name a line is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loci-exclude-'));
  const list = join(folder, 'list.txt');
  await writeFile(list, '# of VSI-Bench\r\nscene0001_00 # twice\n  #\nroom#2.mp4\n');
  const read = await readExcludeLists([list]);
  expect(read.size).toBe(2);
  expect(read.why('scene0001_00')).toBe('listed');
  expect(read.why('videos/room#2.mp4')).toBe('listed');
  for (const line of ['scene0001_00, scene0002_00', '["scene0001_00"]', 'a\tb']) {
    await writeFile(list, `\n${line}\n`);
    await expect(readExcludeLists([list])).rejects.toThrow(
      /list\.txt .*line 2 is ".*more than one/u,
    );
  }
  await writeFile(list, '# nothing\n');
  await expect(readExcludeLists([list])).rejects.toThrow(/names no scene/u);
});
