/** What a person reads of the engine that computes. */
import type { PolicyCapabilities } from '@loci/core';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The engine and its device in one line; with `verbose` a second one says why they were taken.
 *
 * @example engineLines(capabilities, false) // ['ONNX Runtime on CPU, 2 threads']
 */
export function engineLines(
  { description, engine }: PolicyCapabilities,
  verbose: boolean,
): readonly string[] {
  const choice = engine?.choice;
  return verbose && choice !== undefined ? [description, `engine: ${choice}`] : [description];
}

/** Whether more was asked for: by the flag, or by `nx run … --verbose`, which Nx keeps to itself and tells its commands so. */
export function isVerbose(
  flags: { readonly verbose?: true },
  environment: Environment = process.env,
): boolean {
  return flags.verbose === true || environment['NX_VERBOSE_LOGGING'] === 'true';
}
