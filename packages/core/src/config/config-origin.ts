/** Where the values of a config came from, so that an error found later still says which line to correct. */
export interface ConfigOrigin {
  /**
   * The place to look for a key path: `rooms.yaml, line 5, column 14`, `--set sampler.temperature=9`, or `the defaults`.
   */
  describe(path: readonly PropertyKey[]): string;
  /**
   * Folder of the config file that says the value at a key path, where a relative reference in it starts; undefined when
   * `--set`, the defaults or a program said it.
   */
  directoryOf(path: readonly PropertyKey[]): string | undefined;
}

/** The origin of a config that was made by a program. */
export const PROGRAM_ORIGIN: ConfigOrigin = {
  describe: () => 'the configuration',
  directoryOf: () => undefined,
};

/** A key path as people write it: `rewards.0.options.power`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}
