/** Gives converted records the paths of their media: behind a link to the original folder, or in files made from bytes of a row. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { isWithinFolder } from '@loci/core';
import { NotTaken } from './not-taken.ts';
import { isFields } from './rows.ts';

/** Name of the link to the folder of the media, in the folder of the records. */
export const MEDIA_LINK = 'media';

/** Folder for images from inside a file. */
export const IMAGE_FOLDER = 'images';

const SIGNATURES: readonly (readonly [extension: string, at: number, signature: string])[] = [
  ['png', 0, '\x89PNG'],
  ['jpg', 0, '\xff\xd8\xff'],
  ['webp', 8, 'WEBP'],
  ['gif', 0, 'GIF8'],
  ['bmp', 0, 'BM'],
  ['tif', 0, 'II*\0'],
  ['tif', 0, 'MM\0*'],
];

/** Turns the media of rows into paths of records. */
export class MediaPlace {
  readonly #root: string;
  readonly #out: string;

  /**
   * @param root Folder that relative paths of rows start from.
   * @param out Folder of the records.
   */
  constructor(root: string, out: string) {
    this.#root = resolve(root);
    this.#out = out;
  }

  /**
   * The path of a medium as a record has it.
   *
   * @param value A path, bytes, `{ path }`, `{ bytes, path }`, or `{ url }` and `{ image }` around one of them.
   * @throws NotTaken.
   */
  pathOf(value: unknown): string {
    if (value instanceof Uint8Array) return this.#imageFile(value);
    if (typeof value === 'string') return this.#linked(value);
    if (Array.isArray(value)) throw new NotTaken('a video as a list of frames');
    if (!isFields(value)) throw new NotTaken('a medium that is neither path nor bytes');
    const { bytes, path } = value;
    if (bytes instanceof Uint8Array) return this.#imageFile(bytes);
    const inner = path ?? value['url'] ?? value['image'] ?? value['video'];
    if (inner === undefined || inner === null)
      throw new NotTaken('a medium that is neither path nor bytes');
    return this.pathOf(inner);
  }

  #linked(written: string): string {
    const path = written.startsWith('file://') ? written.slice('file://'.length) : written;
    const data = /^data:image\/[a-z.+-]+;base64,(.*)$/su.exec(path);
    if (data !== null) return this.#imageFile(Buffer.from(data[1]!, 'base64'));
    if (/^[a-z][a-z0-9+.-]+:\/\//iu.test(path)) {
      throw new NotTaken('a medium on the web: download it, and name the file', path);
    }
    if (!isWithinFolder(this.#root, path)) {
      throw new NotTaken(
        `a medium outside of ${this.#root}: name the folder of all media with --media`,
        path,
      );
    }
    const absolute = resolve(this.#root, path);
    if (!existsSync(absolute)) throw new NotTaken(`a file that is not in ${this.#root}`, path);
    return [MEDIA_LINK, ...relative(this.#root, absolute).split(sep)].join('/');
  }

  /** Names are hashes, so an image that several rows have is written once. */
  #imageFile(bytes: Uint8Array): string {
    const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
    const found = SIGNATURES.find(([, at, signature]) => head.startsWith(signature, at));
    if (found === undefined) throw new NotTaken('bytes that are no image');
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
    const name = `${hash}.${found[0]}`;
    const path = join(this.#out, IMAGE_FOLDER, name);
    if (!existsSync(path)) {
      mkdirSync(join(this.#out, IMAGE_FOLDER), { recursive: true });
      writeFileSync(path, bytes);
    }
    return `${IMAGE_FOLDER}/${name}`;
  }
}
