import { describe, expect, test } from '@jest/globals';
import { brokenLinks, missingFromMap, tooManyWords } from '../../src/structure/pages.ts';
import type { Breach } from '../../src/structure/breach.ts';

const words = (count: number): string => 'word '.repeat(count);
const code = (count: number): string => `\n\`\`\`sh\n${words(count)}\n\`\`\`\n`;

function said(breaches: readonly Breach[]): readonly string[] {
  return breaches.map(({ file, rule }) => `${file} ${rule}`);
}

describe('the length of pages', () => {
  test('the README has at most 700 words, code included', () => {
    expect(tooManyWords(new Map([['README.md', words(700)]]))).toEqual([]);
    const [breach] = tooManyWords(new Map([['README.md', words(650) + code(50)]]));
    expect(breach!.rule).toContain('has 702 words; past 700');
  });

  test('a page of docs/ has at most 900 outside its code', () => {
    const page = 'docs/tutorials/a.md';
    expect(tooManyWords(new Map([[page, words(900) + code(500)]]))).toEqual([]);
    expect(said(tooManyWords(new Map([[page, words(901)]])))).toEqual([
      `${page} has 901 words; past 900, a page answers one question; find the second`,
    ]);
  });

  test('records and pages elsewhere may be longer', () => {
    const longer = [
      'docs/decisions/2026-01-01-a.md',
      'docs/measurements/2026-01-01-b.md',
      'docs/learning-log.md',
      'docs/learning.md',
      'CHANGELOG.md',
      'packages/core/README.md',
    ];
    expect(tooManyWords(new Map(longer.map((file) => [file, words(2000)])))).toEqual([]);
  });
});

describe('links', () => {
  const files = new Set(['docs', 'docs/a.md', 'docs/b.md', 'docs/images/c.svg', 'README.md']);
  const check = (text: string): readonly string[] =>
    said(
      brokenLinks(
        new Map([
          ['docs/a.md', text],
          ['docs/b.md', '# Bees\n'],
          ['README.md', '# Loci\n'],
        ]),
        (path) => files.has(path),
      ),
    );

  test('to files, folders, images, headings and other sites resolve', () => {
    const text = [
      '# Here we are',
      '[b](b.md) [heading](b.md#bees) [here](#here-we-are) [up](../README.md#loci) [root](/README.md)',
      '![c](images/c.svg) [folder](../docs/) [site](https://a.example/x.md#y) [mail](mailto:a@b.example)',
    ].join('\n\n');
    expect(check(text)).toEqual([]);
  });

  test('a missing file, a missing heading here or there, and a way out of the repository are named', () => {
    expect(check('a\n\n[b](c.md)')).toEqual([
      'docs/a.md links in line 3 to c.md, which does not exist',
    ]);
    expect(check('[b](b.md#wasps)')).toEqual([
      'docs/a.md links in line 1 to b.md#wasps, a heading that is not there',
    ]);
    expect(check('[here](#nowhere)')[0]).toContain('a heading that is not there');
    expect(check('[out](../../else.md)')[0]).toContain('outside the repository');
  });
});

describe('the map', () => {
  test('each page below docs/ has a link in docs/README.md', () => {
    const pages = new Map([
      ['docs/README.md', '[a](a.md#part) `b.md` [t](tutorials/t.md)'],
      ['docs/a.md', ''],
      ['docs/b.md', ''],
      ['docs/tutorials/t.md', ''],
      ['docs/tutorials/u.md', ''],
      ['README.md', ''],
    ]);
    expect(said(missingFromMap(pages))).toEqual([
      'docs/README.md does not link to docs/b.md',
      'docs/README.md does not link to docs/tutorials/u.md',
    ]);
  });

  test('a record has its link in the README.md of its folder, which the map links to', () => {
    const pages = new Map([
      ['docs/README.md', '[decisions](decisions/README.md) [e](decisions/e.md)'],
      ['docs/decisions/README.md', '[d](d.md)'],
      ['docs/decisions/d.md', ''],
      ['docs/decisions/e.md', ''],
      ['docs/measurements/README.md', '[m](m.md)'],
      ['docs/measurements/m.md', ''],
    ]);
    expect(said(missingFromMap(pages))).toEqual([
      'docs/decisions/README.md does not link to docs/decisions/e.md',
      'docs/README.md does not link to docs/measurements/README.md',
    ]);
  });

  test('without a map every page is missing from it', () => {
    expect(missingFromMap(new Map([['docs/a.md', '']]))).toHaveLength(1);
  });
});
