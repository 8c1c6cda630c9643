/** Shortens the log and the status message of a job for error messages. */

/** Lines at the end of a log that a message shows. */
const SHOWN_LINES = 12;

/** The last lines of a log, indented. */
export function endOfLog(log: string): string {
  const lines = log.trimEnd().split('\n').slice(-SHOWN_LINES);
  return lines.map((line) => `  ${line}`).join('\n');
}

/** The first line of a text. */
export function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
