/**
 * Frames of a video file, through Mediabunny and the FFmpeg inside its server package. Frame numbers count the frames that a player shows, in
 * its order. Frames come from the packet list, so a damaged file is noticed even where its header declares more.
 */
import { stat } from 'node:fs/promises';
import type { Input, InputVideoTrack } from 'mediabunny';
import { LociError, messageOf } from '@loci/core';
import { readEdits } from './edit-list.ts';
import { formOfFile } from './file-form.ts';
import type { FileForm } from './file-form.ts';
import { foreignCodec } from './foreign-codec.ts';
import { checkTables } from './iso-tables.ts';
import { loadMediabunny } from './load-mediabunny.ts';
import { checkElements, matroskaSize } from './matroska.ts';
import { checkPixels } from './picture.ts';
import type { Picture } from './picture.ts';
import { samplePicture } from './sample-picture.ts';
import { samplesOf } from './samples-of.ts';
import { shownFrames } from './shown-frames.ts';
import type { ShownFrame } from './shown-frames.ts';
import { readStoredFrames } from './stored-frames.ts';
import { codecNameOf, conversionOf, mediaUnreadable, notVideo } from './unreadable-reason.ts';
import { factsOf } from './video-facts.ts';
import type { VideoFacts } from './video-facts.ts';
import { watchedSource } from './watched-source.ts';

/**
 * Decodes chosen frames of a video.
 *
 * @param choose gives the frames to decode from what the file holds, in ascending order; a number may occur twice.
 * @param keep turns each frame into the picture to keep, so that only one is held at the size of the file; by default the frame itself.
 * @returns one picture a chosen frame, upright.
 * @throws LociError `media-unreadable` naming the file and the reason: missing, empty, without a video track,
 * of an unknown codec, truncated. Errors that `choose` and `keep` throw pass unchanged if they are LociErrors.
 */
export async function decodeVideo(
  path: string,
  choose: (facts: VideoFacts) => readonly number[],
  keep: (picture: Picture) => Picture = (picture) => picture,
): Promise<readonly Picture[]> {
  try {
    if ((await stat(path)).size === 0) throw new Error('it is empty');
    return await decode(path, choose, keep);
  } catch (error) {
    throw LociError.is(error) ? error : mediaUnreadable(path, inOurWords(error));
  }
}

/** Rewords errors of Mediabunny on damaged files, which speak of its own code. */
function inOurWords(error: unknown): unknown {
  const [, thrownAt = ''] = error instanceof Error ? (error.stack?.split(/\n\s+at /u) ?? []) : [];
  if (!/[\\/]mediabunny[\\/]/u.test(thrownAt)) return error;
  const reason = messageOf(error).replace(/[.\s]+(?:This is likely.*)?$/su, '');
  return new Error(`it is damaged (${reason}): convert or fetch it again`, { cause: error });
}

/** Whether the reader knows the form of a file. On one shorter than every mark of a form it fails an assertion. */
async function isReadable(input: { canRead(): Promise<boolean> }): Promise<boolean> {
  try {
    return await input.canRead();
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw error;
    return false;
  }
}

async function decode(
  path: string,
  choose: (facts: VideoFacts) => readonly number[],
  keep: (picture: Picture) => Picture,
): Promise<readonly Picture[]> {
  const { ALL_FORMATS, Input } = await loadMediabunny();
  const size = await matroskaSize(path);
  if (size && size.actual < size.declared) {
    throw new Error(`it is truncated: ${size.actual} of ${size.declared} bytes are there`);
  }
  const input = new Input({ source: await watchedSource(path), formats: ALL_FORMATS });
  try {
    const track = await decodableTrack(path, input);
    const container = await track.getColorSpace();
    const shown = await readShown(path, input, track);
    const indices = choose(await factsOf(shown, input));
    const wanted = indices.map((index) => {
      const frame = shown[index];
      if (!frame) throw new RangeError(`there is no frame ${index}: the video has ${shown.length}`);
      return frame.stored;
    });
    const pictures: Picture[] = [];
    for await (const sample of samplesOf(track, wanted)) {
      if (!sample) {
        const index = indices[pictures.length]!;
        throw new Error(`it is truncated or damaged at frame ${index} of ${shown.length}`);
      }
      try {
        pictures.push(keep(await samplePicture(sample, container)));
      } finally {
        sample.close();
      }
    }
    return pictures;
  } finally {
    input.dispose();
  }
}

/** @throws Error with the reason why there is none, and with a way out. */
async function decodableTrack(path: string, input: Input): Promise<InputVideoTrack> {
  const form = await formOfFile(path);
  if (form?.name === 'MP4' || form?.name === 'MOV') await checkTables(path);
  if (form?.name === 'Matroska' || form?.name === 'WebM') await checkElements(path);
  if (!(await isReadable(input))) {
    throw new Error(notVideo(path, form, await foreignCodec(path, form)));
  }
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw new Error(await withoutVideo(path, form, input));
  if (!(await track.canDecode())) {
    throw new Error(
      `its codec ${await codecNameOf(track)} cannot be decoded; ${conversionOf(path)}`,
    );
  }
  checkPixels(await track.getCodedWidth(), await track.getCodedHeight());
  return track;
}

/** Why a readable file has no video track. */
async function withoutVideo(
  path: string,
  form: FileForm | undefined,
  input: Input,
): Promise<string> {
  const codec = await foreignCodec(path, form);
  if (codec !== undefined) return `its codec ${codec} cannot be decoded; ${conversionOf(path)}`;
  const sounds = await input.getAudioTracks();
  const codecs = await Promise.all(sounds.map((sound) => sound.getCodec()));
  const named = codecs.filter((name) => name !== null).join(', ');
  return sounds.length > 0
    ? `it has no video track, only sound${named && ` (${named})`}`
    : `it has no video track that can be read, or is truncated; if it plays, ${conversionOf(path)}`;
}

async function readShown(
  path: string,
  input: Input,
  track: InputVideoTrack,
): Promise<readonly ShownFrame[]> {
  const { IsobmffInputFormat } = await loadMediabunny();
  const stored = await readStoredFrames(track);
  const hasEdits = (await input.getFormat()) instanceof IsobmffInputFormat;
  const shown = shownFrames(stored, hasEdits ? await readEdits(path, track.id) : undefined);
  if (shown.length === 0)
    throw new Error(`its edit list shows none of its ${stored.length} frames`);
  return shown;
}
