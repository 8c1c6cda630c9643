/** Writes the frames that Loci chose and scaled as files, so that the engine shows the same ones. Questions about one video share its files. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LociError, messageOf } from '@loci/core';
import type { FrameSelection, MediaReference } from '@loci/core';
import type { Picture } from '@loci/media';
import type { ExportModel, MediaShape } from '../ports.ts';

/** File format of frames. */
export type FrameForm = 'jpeg' | 'png';

/** A medium whose frames are files. */
export interface ExportedMedium extends MediaShape {
  /** Absolute, as the nodes see them. A video has an even number of them, the last repeated where Loci shows an odd one. */
  readonly paths: readonly string[];
}

/** Where frames are written, and how. */
export interface FrameFolder {
  /** As this machine sees it. */
  readonly here: string;
  /** As the nodes see it. */
  readonly there: string;
  readonly form: FrameForm;
}

/** File with the facts of a folder of frames. It is written last, so a folder that has it is complete. */
const FACTS = 'frames.json';

interface FolderFacts extends Omit<MediaShape, 'kind' | 'frames'> {
  readonly files: readonly string[];
}

/** Writes the frames of each medium once, and reuses those of an earlier export. */
export class FrameFiles {
  readonly #model: ExportModel;
  readonly #folder: FrameFolder;
  readonly #known = new Map<string, Promise<ExportedMedium>>();

  constructor(model: ExportModel, folder: FrameFolder) {
    this.#model = model;
    this.#folder = folder;
  }

  /** @throws LociError `media-unreadable`; `not-writable` when the frames cannot be written. */
  write(media: MediaReference, selection?: FrameSelection): Promise<ExportedMedium> {
    const name = frameName(media, selection, this.#model, this.#folder.form);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const made = this.#write(name, media, selection);
    this.#known.set(name, made);
    return made;
  }

  async #write(
    name: string,
    media: MediaReference,
    selection: FrameSelection | undefined,
  ): Promise<ExportedMedium> {
    const folder = join(this.#folder.here, name.slice(0, 2), name);
    const facts = readFacts(folder) ?? (await this.#make(folder, media, selection));
    const paths = facts.files.map((file) =>
      [this.#folder.there, name.slice(0, 2), name, file].join('/'),
    );
    const isOdd = media.kind === 'video' && paths.length % 2 === 1;
    const { width, height, seconds } = facts;
    return {
      ...{ kind: media.kind, frames: paths.length, width, height, seconds },
      paths: isOdd ? [...paths, paths.at(-1)!] : paths,
    };
  }

  async #make(
    folder: string,
    media: MediaReference,
    selection: FrameSelection | undefined,
  ): Promise<FolderFacts> {
    const { frames, seconds } = await this.#model.readFrames(media, selection);
    const [first] = frames;
    const ending = this.#folder.form === 'png' ? 'png' : 'jpg';
    const files = frames.map((_, index) => `${String(index + 1).padStart(4, '0')}.${ending}`);
    const facts = { files, width: first!.width, height: first!.height, seconds };
    const unfinished = `${folder}.${process.pid}.part`;
    try {
      mkdirSync(unfinished, { recursive: true });
      for (const [index, frame] of frames.entries()) {
        writeFileSync(join(unfinished, files[index]!), await encoded(frame, this.#folder.form));
      }
      writeFileSync(join(unfinished, FACTS), JSON.stringify(facts));
      rmSync(folder, { recursive: true, force: true });
      renameSync(unfinished, folder);
    } catch (thrown) {
      rmSync(unfinished, { recursive: true, force: true });
      const message = `Cannot write the frames of ${media.path} into ${folder}: ${messageOf(thrown)}`;
      throw new LociError('not-writable', message, { cause: thrown });
    }
    return facts;
  }
}

function readFacts(folder: string): FolderFacts | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, FACTS), 'utf8')) as FolderFacts;
  } catch {
    return undefined; // missing, or not written completely
  }
}

async function encoded({ pixels, width, height }: Picture, form: FrameForm): Promise<Uint8Array> {
  const { sharp } = await import('@loci/media/sharp');
  const picture = sharp(pixels, { raw: { width, height, channels: 3 } });
  if (form === 'png') return picture.png({ compressionLevel: 6 }).toBuffer();
  return picture.jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
}

/** A name that changes with the file, with how it is read, and with how it is written. */
function frameName(
  media: MediaReference,
  selection: FrameSelection | undefined,
  { modelType, patchSize }: ExportModel,
  form: FrameForm,
): string {
  let state: readonly number[] = [];
  try {
    const { size, mtimeMs } = statSync(media.path);
    state = [size, Math.round(mtimeMs)];
  } catch {
    // Reading the frames reports what is wrong with the file.
  }
  const parts = [media, state, selection ?? null, modelType, patchSize, form];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
