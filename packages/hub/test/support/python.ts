/** Runs Python's library of the hub, where it is installed. */
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

/** Whether there is a `python3` with `huggingface_hub`. */
export function hasPythonLibrary(): boolean {
  try {
    execFileSync('python3', ['-c', 'import huggingface_hub'], { stdio: 'ignore', timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
}

/** What a program prints, its last line read as JSON. */
export async function python(
  program: string,
  environment: Readonly<Record<string, string>>,
): Promise<unknown> {
  const { stdout } = await promisify(execFile)('python3', ['-c', program], {
    env: { PATH: process.env['PATH'], HF_HUB_DISABLE_TELEMETRY: '1', ...environment },
    timeout: 60_000,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}
