// @ts-check
/**
 * Switches off ONNX Runtime's usage reports. The library sends them to its maker, and leaves a device id and a database in the home folder,
 * unless `ORT_DISABLE_TELEMETRY` is set in the environment of the process when it starts. A worker thread has only a copy of `process.env`,
 * which the library never sees, so a worker has the main thread set the variable. Plain JavaScript, because workers need it.
 */
import { Session } from 'node:inspector';
import { isMainThread } from 'node:worker_threads';

/** The variable that ONNX Runtime reads. */
export const REPORTS_OFF = 'ORT_DISABLE_TELEMETRY';

/** The longest wait for a busy main thread. */
const PATIENCE_MS = 30_000;

/**
 * Switches reports off in this process and its children. Call it before ONNX Runtime is loaded.
 *
 * @returns {Promise<void>}
 * @throws Error when this is a worker and the main thread does not answer. Do not load ONNX Runtime then.
 */
export async function switchReportsOff() {
  process.env[REPORTS_OFF] = '1';
  if (isMainThread) return;
  const session = new Session();
  try {
    session.connectToMainThread();
    await new Promise((resolve, reject) => {
      const expression = `process.env.${REPORTS_OFF} = '1'`;
      const late = setTimeout(() => reject(new Error('it did not answer')), PATIENCE_MS);
      session.post('Runtime.evaluate', { expression }, (error, answer) => {
        clearTimeout(late);
        if (error === null && answer.result.value === '1') resolve(undefined);
        else reject(error ?? new Error(answer.exceptionDetails?.text ?? 'it did not set it'));
      });
    });
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Error(
      `ONNX Runtime is not loaded, because its usage reports cannot be switched off from a worker thread: the main thread should set ${REPORTS_OFF}, but ${reason}. Start Node with ${REPORTS_OFF}=1, or import Loci in the main thread first`,
      { cause: thrown },
    );
  } finally {
    session.disconnect();
  }
}
