/** Names of folders that belong to a step: checkpoints, evaluations and offending batches. */

/** The folder of a step. @example stepFolder(10) // 'step-000010' */
export function stepFolder(step: number): string {
  return `step-${String(step).padStart(6, '0')}`;
}

/** Whether a name is that of a step's folder. */
export function isStepFolder(name: string): boolean {
  return /^step-\d{6,}$/u.test(name);
}

/** The step of a folder, or of a file with a suffix: `step-000010.json`. */
export function stepOf(name: string): number {
  return Number.parseInt(name.slice('step-'.length), 10);
}
