/** A rule that a file of the workspace does not keep. */
export interface Breach {
  readonly file: string;
  /** Continues the file's name into a sentence. */
  readonly rule: string;
}
