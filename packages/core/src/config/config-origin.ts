/** The source of a config value, for programs; `describe` of `ConfigOrigin` is for people. */
export type ValueSource =
  | { readonly kind: 'default' }
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly line: number;
      readonly column: number;
      /** Files that led to this one, each extended by the one before it; the one on the command line is first. */
      readonly extendedBy: readonly string[];
    }
  | {
      readonly kind: 'set';
      /** As typed: `steps=20`. */
      readonly setting: string;
    };

/** A value that a config takes from the environment. */
export interface EnvironmentReference {
  /** As written in the config: `${DATA:-data}/rooms`. */
  readonly text: string;
  /** Its current value. */
  readonly value: string | number | boolean;
  /** Whether it has no quotes, so that a number in the variable counts as a number. */
  readonly isPlain: boolean;
  /** Names of the variables. */
  readonly variables: readonly string[];
}

/** The sources of a config's values, so that an error found later can name the line to correct. */
export interface ConfigOrigin {
  /**
   * The place of a key path: `rooms.yaml, line 5, column 14`, `--set sampler.temperature=9`, or `the defaults`.
   */
  describe(path: readonly PropertyKey[]): string;
  /**
   * Folder of the config file that has the value at a key path, as the base of relative references; undefined when the value is from
   * `--set`, the defaults or a program.
   */
  directoryOf(path: readonly PropertyKey[]): string | undefined;
  /** The reference at a key path, when the config takes its value from the environment. */
  referenceAt?(path: readonly PropertyKey[]): EnvironmentReference | undefined;
}

/** The origin of a config read from layers. */
export interface LayeredOrigin extends ConfigOrigin {
  referenceAt(path: readonly PropertyKey[]): EnvironmentReference | undefined;
  /** The layer of the value at a key path; undefined when no layer has the key, as for a default of a plugin. */
  sourceOf(path: readonly PropertyKey[]): ValueSource | undefined;
}

/** The origin of a config made by a program. */
export const PROGRAM_ORIGIN: ConfigOrigin = {
  describe: () => 'the configuration',
  directoryOf: () => undefined,
};

/** A key path in dotted form: `rewards.0.options.power`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}
