/** Why a row becomes no record. The converter counts the row and continues. */
export class NotTaken extends Error {
  /** The same words for every row with this reason; rows are counted by it. */
  readonly reason: string;
  /** The detail of this row; empty where the reason needs none. */
  readonly example: string;

  constructor(reason: string, example = '') {
    super(example === '' ? reason : `${reason}: ${example}`);
    this.reason = reason;
    this.example = example;
  }
}
