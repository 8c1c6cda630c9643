/** Finds archives, and the parts of split archives, by their file names. */

/** How an archive is packed; `unknown` where its name does not show it. */
export type ArchiveForm = 'zip' | 'tar' | 'unknown';

/** An archive in one file, or split over several consecutive files. */
export interface ArchiveFiles {
  /** Path without the number of the part: `videos.tar`. */
  readonly path: string;
  readonly form: ArchiveForm;
  /** Paths of its files, in order. */
  readonly parts: readonly string[];
}

/** `a.zip`, `a.tar.gz`, and parts: `a.tar.part.aa`, `a.zip.001`, `a.tar.gz.part-00`, `a.tar.aa`. */
const NAME =
  /^(?<base>.+\.(?:zip|tar\.gz|tgz|tar\.zst|tar\.br|tar))(?:[._-]?part)?(?:[._-]?(?<part>\d{1,5}|[a-z]{2,3}))?$/iu;
/** Parts of an archive whose name shows no format: `SpaceR-151k.part_00`. */
const PART = /^(?<base>.+)[._-]part[._-]?(?<part>\d{1,5}|[a-z]{2,3})$/iu;

/**
 * The archives among files, parts put together in the order of their numbers or letters.
 *
 * @example archivesIn(['b.tar.part.ab', 'b.tar.part.aa', 'a.txt']) // [{ path: 'b.tar', form: 'tar', parts: ['b.tar.part.aa', 'b.tar.part.ab'] }]
 */
export function archivesIn(paths: readonly string[]): readonly ArchiveFiles[] {
  const found = new Map<string, { readonly path: string; readonly part: string }[]>();
  for (const path of paths) {
    const { base, part = '' } = (NAME.exec(path) ?? PART.exec(path))?.groups ?? {};
    if (base === undefined) continue;
    found.set(base, [...(found.get(base) ?? []), { path, part }]);
  }
  return [...found].map(([path, parts]) => ({
    path,
    form: formOf(path),
    parts: parts.sort((a, b) => compareParts(a.part, b.part)).map((one) => one.path),
  }));
}

function formOf(path: string): ArchiveForm {
  if (/\.zip$/iu.test(path)) return 'zip';
  return /\.(?:tar|tgz)(?:\.\w+)?$/iu.test(path) ? 'tar' : 'unknown';
}

function compareParts(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}
