import { describe, expect, test } from '@jest/globals';
import { anchorsOf, linksOf, withoutCode, wordCount } from '../../src/structure/markdown.ts';

describe('the text of a page', () => {
  test('words are what stands between white space, as for wc -w', () => {
    expect(wordCount('| a | b c |\n\n- d\n')).toBe(8);
    expect(wordCount(' \n')).toBe(0);
  });

  test('code blocks are left out, their lines stay; a longer fence holds a shorter one', () => {
    expect(withoutCode('a\n```ts\nb\n```\nc')).toBe('a\n\n\n\nc');
    expect(withoutCode('````md\n```\nb\n```\n````\nc')).toBe('\n\n\n\n\nc');
    expect(withoutCode('- ```sh\n  b\n  ```\nc')).toBe('\n\n\nc');
    expect(withoutCode('~~~\n```\n~~~\nc')).toBe('\n\n\nc');
  });

  test('links of every form are found with their lines, those in code are not', () => {
    const text = [
      '[a](a.md) and [`b`](b.md#x "Title"), ![c](c.svg)',
      '[`d` [1]](<d.md>) <a href="e.md">e</a>',
      '`[no](no.md)` and ``[no](`no`.md)``',
      '```md',
      '[no](no.md)',
      '```',
      '[f]: f.md',
    ].join('\n');
    expect(linksOf(text).map(({ target, line }) => `${line} ${target}`)).toEqual([
      '1 a.md',
      '1 b.md#x',
      '1 c.svg',
      '2 d.md',
      '2 e.md',
      '7 f.md',
    ]);
  });

  test('anchors are those that GitHub makes of headings', () => {
    const text = [
      '# What `holds`, and why?',
      '## One completion at a time: `POST /gather`',
      '## [A link](x.md) · over_all',
      '## Twice',
      '## Twice',
      '```sh',
      '# no heading',
      '```',
      '<a id="old-name"></a>',
    ].join('\n');
    expect([...anchorsOf(text)].sort()).toEqual(
      [
        'what-holds-and-why',
        'one-completion-at-a-time-post-gather',
        'a-link--over_all',
        'twice',
        'twice-1',
        'old-name',
      ].sort(),
    );
  });
});
