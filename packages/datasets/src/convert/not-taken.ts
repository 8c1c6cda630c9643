/** Says why a row becomes no record; the converter counts it and goes on. */
export class NotTaken extends Error {
  /** The same words for every row with this reason; rows are counted by it. */
  readonly reason: string;
  /** What it is in this row; empty where the reason says it all. */
  readonly example: string;

  constructor(reason: string, example = '') {
    super(example === '' ? reason : `${reason}: ${example}`);
    this.reason = reason;
    this.example = example;
  }
}
