/** Something that an engine needs and that is not to be had here. */
export interface Missing {
  /** What is missing, as in `@tensorflow/tfjs-node is not installed`. */
  readonly missing: string;
  /** The command or the change that helps. */
  readonly help: string;
}
