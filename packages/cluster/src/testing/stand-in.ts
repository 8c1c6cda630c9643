/** Paths of the stand-ins: Node programs in place of a cluster's Python programs. */
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, 'stand-in');

/** Stands in for `assets/preflight.py`; its header describes its variable. */
export const PREFLIGHT_STAND_IN = join(FOLDER, 'preflight.mjs');
/** Stands in for verl: reads rows, requests rewards, writes metrics, rollouts and checkpoints. */
export const VERL_STAND_IN = join(FOLDER, 'verl.mjs');
/** Stands in for the program `swift` of ms-swift. */
export const SWIFT_STAND_IN = join(FOLDER, 'swift.mjs');

/**
 * An entrypoint with the stand-ins in place of Python.
 *
 * @example new FakeRay({ command: withStandIns })
 */
export function withStandIns(entrypoint: string): string {
  const node = process.execPath;
  return entrypoint
    .replace('python3 preflight.py', `${node} ${PREFLIGHT_STAND_IN}`)
    .replace('python3 -m verl.trainer.main_ppo', `${node} ${VERL_STAND_IN}`)
    .replace(/python3? -m verl\.model_merger merge/u, `${node} ${VERL_STAND_IN} merge`);
}
