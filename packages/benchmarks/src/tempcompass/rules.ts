/**
 * The rules by which TempCompass reads answers (github.com/llyx97/TempCompass), and the readers of a judge's replies. A rule
 * throws a RangeError where the authors' script indexes beyond a text and ends.
 */

/** 1 or 0, or `undecided` where no rule applies. */
export type RuleVerdict = 0 | 1 | 'undecided';

const LETTERS: readonly string[] = ['A', 'B', 'C', 'D'];

/**
 * Multiple choice: the answer itself, one capital letter, or a text that begins `A.` or `A)`; only the letter is compared then.
 *
 * @throws RangeError for an empty answer that is not the prediction.
 */
export function multipleChoiceRule(prediction: string, answer: string): RuleVerdict {
  if (prediction === answer) return 1;
  if (LETTERS.includes(prediction)) return prediction === first(answer) ? 1 : 0;
  for (const mark of ['.', ')']) {
    if (!LETTERS.some((letter) => prediction.startsWith(letter + mark))) continue;
    return prediction.slice(0, prediction.indexOf(mark)) === first(answer) ? 1 : 0;
  }
  return 'undecided';
}

/** Yes or no by the first letters, in any case; `undefined` for other beginnings. */
export function yesNoOf(prediction: string): 'yes' | 'no' | undefined {
  const text = prediction.toLowerCase();
  if (text.startsWith('yes')) return 'yes';
  return text.startsWith('no') ? 'no' : undefined;
}

const LABEL_WORDS: readonly string[] = ['Sentence ', 'Option ', 'Caption '];

/**
 * Caption matching: an option line of the question (`Caption B: A cup rises.`), its sentence alone or after `) `, its label, or
 * the letter or digit of its label, full stops aside.
 *
 * @throws RangeError when an option line or the answer has no `: `, where the script needs one.
 */
export function captionMatchingRule(
  prediction: string,
  question: string,
  answer: string,
): RuleVerdict {
  const lines = question.split('\n').slice(1);
  const sentences = lines.map((line) => piece(line.split(': '), 1));
  const labels = lines.map((line) => piece(line.split(': '), 0));
  const marks = labels.map((label) =>
    LABEL_WORDS.reduce((rest, word) => rest.replaceAll(word, ''), label),
  );
  const afterBracket = prediction.split(') ')[1];
  const plain = prediction.replaceAll('.', '');
  const named =
    [...labels, ...marks].findLast((label) => label === prediction || label === plain) ??
    sentences.findLast((sentence) => sentence === prediction || sentence === afterBracket) ??
    lines.findLast((line) => line === prediction);
  if (named === undefined) return 'undecided';
  if (named === answer || named === piece(answer.split(':'), 0)) return 1;
  const [label, sentence] = [piece(answer.split(': '), 0), piece(answer.split(': '), 1)];
  if (named === sentence) return 1;
  return named === piece(label.split(/\s+/u).filter(Boolean), 1) ? 1 : 0;
}

/** The verdict of a judge model on the correctness of an answer; `undecided` when its reply holds none. */
export function correctnessOf(judgement: string): RuleVerdict {
  const [right, wrong] = ['Correct', 'Incorrect'].map((word) => judgement.indexOf(word));
  if (right === 0) return 1;
  if (wrong! >= 0) return 0;
  return right! >= 0 ? 1 : 'undecided';
}

/**
 * Whether a judge model that answered a multiple-choice question from a caption alone chose the true option: it names exactly
 * one option, and the text before the first `. ` is that of the answer.
 */
export function captionRule(judgement: string, answer: string): 0 | 1 {
  const line = judgement.split('\n').findLast((candidate) => candidate.includes('Answer'));
  const reply = line === undefined ? judgement : line.replaceAll('Answer:', '').trim();
  const named = LETTERS.reduce((sum, letter) => sum + reply.split(`${letter}.`).length - 1, 0);
  return named === 1 && reply.split('. ', 1)[0] === answer.split('. ', 1)[0] ? 1 : 0;
}

function first(answer: string): string {
  return piece([...answer], 0);
}

function piece(pieces: readonly string[], index: number): string {
  const found = pieces[index];
  if (found === undefined) throw new RangeError('index beyond the text');
  return found;
}
