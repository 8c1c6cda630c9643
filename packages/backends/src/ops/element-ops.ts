/**
 * Defines the element-wise arithmetic of losses and optimizers (`../engine/loss.ts`, `../engine/adamw.ts`), beside the `TensorOps` of
 * models. Operands broadcast as in numpy; all operations are differentiable.
 */
export interface ElementOps<T> {
  /** A constant of shape `[]`. */
  scalar(value: number): T;
  add(a: T, b: T): T;
  subtract(a: T, b: T): T;
  multiply(a: T, b: T): T;
  divide(a: T, b: T): T;
  negate(x: T): T;
  /** `eˣ` */
  exponential(x: T): T;
  squareRoot(x: T): T;
  /** The lesser of two; where they are equal the gradient goes to `a`. */
  minimum(a: T, b: T): T;
  /** The greater of two; where they are equal the gradient goes to `a`. */
  maximum(a: T, b: T): T;
  /** Sum of all elements, of shape `[]`. */
  sum(x: T): T;
  /** Sum of the squares of all elements of a vector, of shape `[]`. Without a gradient. */
  sumOfSquares(x: T): T;
  /** The same values; no gradient flows back. */
  detach(x: T): T;
}
