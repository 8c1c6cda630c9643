/** Where a value of a config stands, for programs; `describe` of `ConfigOrigin` is for people. */
export type ValueSource =
  | { readonly kind: 'default' }
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly line: number;
      readonly column: number;
      /** Files between the one that was named and this one, each extended by the one before it; the named one is first. */
      readonly extendedBy: readonly string[];
    }
  | {
      readonly kind: 'set';
      /** As typed: `steps=20`. */
      readonly setting: string;
    };

/** A value that a config takes from the environment. */
export interface EnvironmentReference {
  /** As the config says it: `${DATA:-data}/rooms`. */
  readonly text: string;
  /** What it stands for now. */
  readonly value: string | number | boolean;
  /** Whether it is written without quotes, so that a number in the variable counts as a number. */
  readonly isPlain: boolean;
  /** Names of the variables. */
  readonly variables: readonly string[];
}

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
  /** What the config says at a key path instead of a value, when it takes the value from the environment. */
  referenceAt?(path: readonly PropertyKey[]): EnvironmentReference | undefined;
}

/** The origin of a config that was read from layers. */
export interface LayeredOrigin extends ConfigOrigin {
  referenceAt(path: readonly PropertyKey[]): EnvironmentReference | undefined;
  /** The layer that the value at a key path came from; undefined when no layer has the key, as for an option that a plugin adds. */
  sourceOf(path: readonly PropertyKey[]): ValueSource | undefined;
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
