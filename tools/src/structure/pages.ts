/** Rules of the documentation: short pages, links that lead somewhere, and a map that names every page. */
import { posix } from 'node:path';
import type { Breach } from './breach.ts';
import { anchorsOf, linksOf, withoutCode, wordCount } from './markdown.ts';
import type { Pages } from './markdown.ts';

const README = 'README.md';
const MAP = 'docs/README.md';
const README_WORDS = 700;
const PAGE_WORDS = 900;
/** Records: they are as long as what they record. */
const RECORDS = /^docs\/(?:decisions\/|measurements\/|learning(?:-log)?\.md$)/u;
/** Folders of records, each listed by its own `README.md`. */
const RECORD_FOLDERS = ['docs/decisions', 'docs/measurements'];

/** README.md has at most 700 words, code included; a page of `docs/` has at most 900 outside its code, records excepted. */
export function tooManyWords(pages: Pages): Breach[] {
  return [...pages].flatMap(([file, text]) => {
    if (file === README) return past(file, wordCount(text), README_WORDS, 'move details to docs/');
    const isPage = file.startsWith('docs/') && !RECORDS.test(file);
    const remedy = 'a page answers one question; find the second';
    return isPage ? past(file, wordCount(withoutCode(text)), PAGE_WORDS, remedy) : [];
  });
}

function past(file: string, words: number, most: number, remedy: string): Breach[] {
  return words > most ? [{ file, rule: `has ${words} words; past ${most}, ${remedy}` }] : [];
}

/**
 * Every relative link leads to a file or folder of the workspace, and its anchor to a heading there.
 *
 * @param exists Whether a path from the workspace's root is a file or folder.
 */
export function brokenLinks(pages: Pages, exists: (path: string) => boolean): Breach[] {
  const anchors = new Map([...pages].map(([file, text]) => [file, anchorsOf(text)]));
  return [...pages].flatMap(([file, text]) =>
    linksOf(text).flatMap(({ target, line }): Breach[] => {
      const path = pathOf(file, target);
      if (path === undefined) return [];
      const broken = (why: string) => [
        { file, rule: `links in line ${line} to ${target}, ${why}` },
      ];
      if (path.startsWith('../')) return broken('which is outside the repository');
      if (!exists(path)) return broken('which does not exist');
      const [, anchor] = target.split('#');
      const known = anchors.get(path);
      if (anchor === undefined || known === undefined) return [];
      return known.has(decodeURIComponent(anchor)) ? [] : broken('a heading that is not there');
    }),
  );
}

/** The map links to every page below `docs/`; records are linked from the `README.md` of their folder. */
export function missingFromMap(pages: Pages): Breach[] {
  const named = (map: string): ReadonlySet<string | undefined> =>
    new Set(linksOf(pages.get(map) ?? '').map(({ target }) => pathOf(map, target)));
  const maps = new Map([MAP, ...RECORD_FOLDERS.map(mapIn)].map((map) => [map, named(map)]));
  return [...pages.keys()].flatMap((file) => {
    if (!file.startsWith('docs/') || file === MAP) return [];
    const folder = posix.dirname(file);
    const isRecord = RECORD_FOLDERS.includes(folder) && file !== mapIn(folder);
    const map = isRecord ? mapIn(folder) : MAP;
    return maps.get(map)?.has(file) === true
      ? []
      : [{ file: map, rule: `does not link to ${file}` }];
  });
}

function mapIn(folder: string): string {
  return `${folder}/README.md`;
}

/** Where a link leads, from the workspace's root; nowhere in it when it names another site. */
function pathOf(file: string, target: string): string | undefined {
  if (/^(?:[a-z][a-z\d+.-]*:|\/\/)/iu.test(target)) return undefined;
  const [path = ''] = target.split('#');
  if (path === '') return file;
  const folder = path.startsWith('/') ? '.' : posix.dirname(file);
  const joined = posix.join(folder, decodeURIComponent(path));
  return joined === '.' ? '.' : joined.replace(/\/$/u, '');
}
