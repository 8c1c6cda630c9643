// @ts-check
/**
 * Records notes of a session worker's work: the time of each request, the library's share of it, and its growth of the memory of the
 * process. Given a folder, ONNX Runtime also writes its own profiles of every node, one file for each session.
 */
import { join } from 'node:path';

/** @typedef {import('onnxruntime-node').InferenceSession} InferenceSession */
/** @typedef {import('../graph/engine/runtime-messages.ts').RuntimeRequest} RuntimeRequest */
/** @typedef {import('../graph/engine/runtime-messages.ts').WorkNote} WorkNote */

/** Records the notes of one worker. */
export class WorkNotes {
  /** @type {WorkNote[]} */
  #notes = [];
  /** @type {string | undefined} */
  #folder;
  #libraryMs = 0;

  /** @param {string} [folder] for the profiles; by default there are none. */
  constructor(folder) {
    this.#folder = folder;
  }

  /**
   * Options that make a session write its profile.
   *
   * @param {number} session
   */
  sessionOptions(session) {
    if (this.#folder === undefined) return {};
    const profileFilePrefix = join(this.#folder, `session-${session}-`);
    return { enableProfiling: true, profileFilePrefix };
  }

  /**
   * Makes a session write its profile, if it has one.
   *
   * @param {InferenceSession | undefined} session
   */
  endProfile(session) {
    if (this.#folder !== undefined) session?.endProfiling();
  }

  /**
   * Waits for the library.
   *
   * @template Result
   * @param {Promise<Result>} work
   */
  async ofLibrary(work) {
    const began = performance.now();
    const result = await work;
    this.#libraryMs += performance.now() - began;
    return result;
  }

  /**
   * Notes the work on a request.
   *
   * @template Result
   * @param {RuntimeRequest} request
   * @param {() => Promise<Result>} work
   */
  async note(request, work) {
    const [began, before] = [performance.now(), process.memoryUsage.rss()];
    this.#libraryMs = 0;
    const result = await work();
    this.#notes.push({
      kind: request.kind,
      ...('session' in request && { session: request.session }),
      ...('fetches' in request && { fetches: Object.keys(request.fetches) }),
      at: performance.timeOrigin + began,
      ms: performance.now() - began,
      libraryMs: this.#libraryMs,
      residentBytes: process.memoryUsage.rss() - before,
    });
    return result;
  }

  /** The notes since the last call. */
  take() {
    return this.#notes.splice(0);
  }
}
