/** Reads new figures of steps: from the engine's file where this machine sees it, otherwise from the job's log. */
import type { EngineReader, StepFigures } from '../job.ts';
import { GrowingFile } from './growing-file.ts';

/** Reads the figures of one attempt. */
export class StepSource {
  readonly #reader: Pick<EngineReader, 'metricsLine' | 'consoleLine'>;
  readonly #file: GrowingFile | undefined;
  #isFileThere = false;
  readonly #fromConsole: StepFigures[] = [];

  /**
   * @param file of metrics, as this machine sees it; undefined where it does not.
   * @param from bytes of it that earlier attempts wrote.
   */
  constructor(
    reader: Pick<EngineReader, 'metricsLine' | 'consoleLine'>,
    file: string | undefined,
    from = 0,
  ) {
    this.#reader = reader;
    this.#file = file === undefined ? undefined : new GrowingFile(file, from);
  }

  /** The present source of the figures. */
  get origin(): 'file' | 'log' {
    return this.#isFileThere ? 'file' : 'log';
  }

  /** @param logLines New lines of the job's log. */
  take(logLines: readonly string[]): readonly StepFigures[] {
    for (const line of logLines) {
      const figures = this.#reader.consoleLine(line);
      if (figures !== undefined) this.#fromConsole.push(figures);
    }
    const { lines, exists } = this.#file?.read() ?? { lines: [], exists: false };
    // The engine opens its file before its first step, so the log is needed only where this machine does not see the file.
    this.#isFileThere ||= exists;
    const console = this.#fromConsole.splice(0);
    if (!this.#isFileThere) return console;
    return lines.flatMap((line) => this.#reader.metricsLine(line) ?? []);
  }
}
