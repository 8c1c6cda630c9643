/** Finds the files of a repository that the records of a JSONL file name: any text in a record that is the path of a file counts. */
import { createReadStream } from 'node:fs';
import { posix } from 'node:path';
import { createInterface } from 'node:readline';

/** The files that a file of records names. */
export interface NamedFiles {
  /** Paths in the repository. */
  readonly paths: ReadonlySet<string>;
  /** Texts that look like media and are no file of the repository: archives may hold them. */
  readonly unknown: number;
}

const MEDIA = /^[^\n]{1,500}\.(?:mp4|mkv|webm|avi|mov|m4v|jpe?g|png|webp|gif|bmp)$/iu;

/**
 * Reads the records. It skips lines that are not JSON: the reader of the data reports them.
 *
 * @param file on this disk.
 * @param path of the file in the repository, where relative paths start.
 * @param known all paths of the repository.
 */
export async function namedFiles(
  file: string,
  path: string,
  known: ReadonlySet<string>,
): Promise<NamedFiles> {
  const paths = new Set<string>();
  const unknown = new Set<string>();
  const start = posix.dirname(path);
  const look = (value: unknown): void => {
    if (typeof value === 'string') {
      const [fromFile, fromRoot] = [posix.join(start, value), posix.normalize(value)];
      if (known.has(fromFile)) paths.add(fromFile);
      else if (known.has(fromRoot)) paths.add(fromRoot);
      else if (MEDIA.test(value)) unknown.add(value);
    } else if (typeof value === 'object' && value !== null) {
      for (const one of Object.values(value)) look(one);
    }
  };
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Infinity,
  })) {
    try {
      look(JSON.parse(line));
    } catch {
      continue;
    }
  }
  paths.delete(path);
  return { paths, unknown: unknown.size };
}
