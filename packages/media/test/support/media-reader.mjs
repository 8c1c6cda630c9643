/**
 * Reads the videos whose paths come over IPC and answers each with the error it gave, or nothing: a process of its own, since a reader
 * that goes round in circles can only be killed. It loads the package from source.
 */
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';

/** Loading all of core would take a second. */
const errors = fileURLToPath(new URL('core-errors.ts', import.meta.url));
const jiti = createJiti(import.meta.url, { alias: { '@loci/core': errors }, fsCache: false });
/** @type {typeof import('../../src/decode-video.ts')} */
const { decodeVideo } = await jiti.import('../../src/decode-video.ts');

const small = { width: 1, height: 1, pixels: new Uint8Array(3) };
/** @param {import('../../src/video-facts.ts').VideoFacts} facts */
const everyFrame = ({ totalFrames }) => Array.from({ length: totalFrames }, (_, index) => index);

process.on('message', async (path) => {
  const answer = { code: '', message: '', frames: 0 };
  try {
    answer.frames = (await decodeVideo(String(path), everyFrame, () => small)).length;
  } catch (error) {
    const { code, name, message } = /** @type {Error & { code?: string }} */ (error);
    Object.assign(answer, { code: code ?? name, message });
  }
  process.send?.(answer);
});
process.send?.({ code: 'ready', message: '', frames: 0 });
