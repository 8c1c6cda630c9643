// @ts-check
/**
 * What a session worker notes of its work when it is asked to: how long each request took, how much of that was the library, what it
 * added to the memory of the process; and, given a folder, ONNX Runtime's own profiles of every node, a file a session.
 */
import { join } from 'node:path';

/** @typedef {import('onnxruntime-node').InferenceSession} InferenceSession */
/** @typedef {import('../graph/engine/runtime-messages.ts').RuntimeRequest} RuntimeRequest */
/** @typedef {import('../graph/engine/runtime-messages.ts').WorkNote} WorkNote */

/** Takes the notes of one worker. */
export class WorkNotes {
  /** @type {WorkNote[]} */
  #notes = [];
  /** @type {string | undefined} */
  #folder;
  #libraryMs = 0;

  /** @param {string} [folder] of the profiles; without it there are none. */
  constructor(folder) {
    this.#folder = folder;
  }

  /**
   * Options that have a session write its profile.
   *
   * @param {number} session
   */
  sessionOptions(session) {
    if (this.#folder === undefined) return {};
    const profileFilePrefix = join(this.#folder, `session-${session}-`);
    return { enableProfiling: true, profileFilePrefix };
  }

  /**
   * Has a session write its profile, where it keeps one.
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

  /** The notes since they were last taken. */
  take() {
    return this.#notes.splice(0);
  }
}
