/**
 * What a prompt opens of the answer. A chat template may begin the assistant's turn itself, with `<think>` for one; the model then
 * writes the rest. Rewards and scorers read the whole turn; tokens, log-probabilities and weights are those of the completion alone.
 */

/**
 * The whole turn: what the prompt opened, then the completion.
 *
 * @example turnText('<think>\n', 'Two.</think><answer>2</answer>') // '<think>\nTwo.</think><answer>2</answer>'
 */
export function turnText(opened: string | undefined, completion: string): string {
  return opened === undefined ? completion : opened + completion;
}

/**
 * What is left to write of a turn that the prompt opened: the turn without its beginning, or all of it where it begins otherwise.
 * White space at the end of what was opened may differ.
 *
 * @example restOfTurn('<think>\n', '<think>Two.</think>') // 'Two.</think>'
 */
export function restOfTurn(opened: string | undefined, turn: string): string {
  const beginning = opened?.trimEnd() ?? '';
  if (beginning === '' || !turn.startsWith(beginning)) return turn;
  const rest = turn.slice(beginning.length);
  return beginning === opened ? rest : rest.trimStart();
}

/** What chat templates write before an answer. */
const HEADER =
  /<\|im_start\|>assistant\n|<\|start_header_id\|>assistant<\|end_header_id\|>\n|<start_of_turn>model\n|<\|assistant\|>|<｜Assistant｜>|\[\/INST\]/gu;
/** A turn that ends, or begins, behind the last header: the header is of an earlier answer. */
const OTHER_TURN = /<\|im_(?:start|end)\|>|<\|eot_id\|>|<(?:start|end)_of_turn>|<\/s>|<\|user\|>/u;
/** Tags that stand at the end of a prompt only to be written on. */
const OPEN_TAG = /(?:<(?:think|answer|map)>\s*)+$/u;

/**
 * What a rendered prompt opens, by the usual headers of chat templates; without one of them the tags `<think>`, `<answer>` and
 * `<map>` at its very end. `undefined` when it opens nothing.
 *
 * @example openedAtEnd('…<|im_start|>assistant\n<think>\n') // '<think>\n'
 */
export function openedAtEnd(prompt: string): string | undefined {
  const header = [...prompt.matchAll(HEADER)].at(-1);
  const behind = header && prompt.slice(header.index + header[0].length);
  if (behind !== undefined && !OTHER_TURN.test(behind)) return openedText(behind);
  return OPEN_TAG.exec(prompt)?.[0];
}

/** Text behind the header of a turn as opened text: white space alone opens nothing. */
export function openedText(behindHeader: string): string | undefined {
  const text = behindHeader.trimStart();
  return text === '' ? undefined : text;
}
