/** A statistical guesser: softmax regression with a ridge, learned on some questions and tried on others. */

/** A question as a guesser sees it. */
export interface Seen {
  readonly features: readonly number[];
  readonly right: number;
}

const ROUNDS = 60;
const RATE = 0.7;
const RIDGE = 0.01;

/** Share of `asked` that a guesser gets right that learned on `learned`. */
export function guessedShare(
  learned: readonly Seen[],
  asked: readonly Seen[],
  options: number,
): number {
  const { means, scales } = spread(learned);
  const scaled = ({ features }: Seen): Float64Array =>
    Float64Array.from([1, ...features.map((one, at) => (one - means[at]!) / scales[at]!)]);
  const inputs = learned.map(scaled);
  const size = inputs[0]!.length;
  const weights = Array.from({ length: options }, () => new Float64Array(size));
  for (let round = 0; round < ROUNDS; round++) {
    const slopes = weights.map((own) => own.map((weight) => RIDGE * weight));
    for (const [index, input] of inputs.entries()) {
      const odds = softmax(weights.map((own) => dot(own, input)));
      for (const [option, probability] of odds.entries()) {
        const error = (probability - Number(option === learned[index]!.right)) / inputs.length;
        for (let at = 0; at < size; at++) slopes[option]![at]! += error * input[at]!;
      }
    }
    for (const [option, own] of weights.entries()) {
      for (let at = 0; at < size; at++) own[at]! -= RATE * slopes[option]![at]!;
    }
  }
  const isRight = (one: Seen): boolean => {
    const scores = weights.map((own) => dot(own, scaled(one)));
    return scores.indexOf(Math.max(...scores)) === one.right;
  };
  return asked.filter(isRight).length / asked.length;
}

function spread(learned: readonly Seen[]) {
  const size = learned[0]!.features.length;
  const means = Array.from(
    { length: size },
    (_, at) => learned.reduce((sum, { features }) => sum + features[at]!, 0) / learned.length,
  );
  const scales = Array.from({ length: size }, (_, at) => {
    const squares = learned.reduce(
      (sum, { features }) => sum + (features[at]! - means[at]!) ** 2,
      0,
    );
    return Math.sqrt(squares / learned.length) + 1e-6;
  });
  return { means, scales };
}

function dot(a: Float64Array, b: Float64Array): number {
  const { length } = a;
  let sum = 0;
  for (let at = 0; at < length; at++) sum += a[at]! * b[at]!;
  return sum;
}

function softmax(scores: readonly number[]): readonly number[] {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
