/** Describes the engine for the terminal. */
import type { PolicyCapabilities } from '@loci/core';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The engine and its device in one line; with `verbose`, a second line explains the choice.
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

/** Whether the output is verbose: by the flag, or by `nx run … --verbose`, which Nx passes on only as a variable. */
export function isVerbose(
  flags: { readonly verbose?: true },
  environment: Environment = process.env,
): boolean {
  return flags.verbose === true || environment['NX_VERBOSE_LOGGING'] === 'true';
}
