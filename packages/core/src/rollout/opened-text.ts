/**
 * Opened text: the start of the answer that the prompt already contains. A chat template may begin the assistant's turn itself, for example
 * with `<think>`, and the model writes the rest. Rewards and scorers read the whole turn. Tokens, log-probabilities and weights cover only
 * the completion.
 */

/**
 * The whole turn: the opened text, then the completion.
 *
 * @example turnText('<think>\n', 'Two.</think><answer>2</answer>') // '<think>\nTwo.</think><answer>2</answer>'
 */
export function turnText(opened: string | undefined, completion: string): string {
  return opened === undefined ? completion : opened + completion;
}

/**
 * The rest of a turn after the opened text, or the whole turn when it starts otherwise. White space at the end of the opened text may
 * differ.
 *
 * @example restOfTurn('<think>\n', '<think>Two.</think>') // 'Two.</think>'
 */
export function restOfTurn(opened: string | undefined, turn: string): string {
  const beginning = opened?.trimEnd() ?? '';
  if (beginning === '' || !turn.startsWith(beginning)) return turn;
  const rest = turn.slice(beginning.length);
  return beginning === opened ? rest : rest.trimStart();
}

/** Headers that chat templates write before an answer. */
const HEADER =
  /<\|im_start\|>assistant\n|<\|start_header_id\|>assistant<\|end_header_id\|>\n|<start_of_turn>model\n|<\|assistant\|>|<｜Assistant｜>|\[\/INST\]/gu;
/** The end or start of a turn. After the last header, it shows that this header belongs to an earlier answer. */
const OTHER_TURN = /<\|im_(?:start|end)\|>|<\|eot_id\|>|<(?:start|end)_of_turn>|<\/s>|<\|user\|>/u;
/** Opening tags at the end of a prompt, which the model continues. */
const OPEN_TAG = /(?:<(?:think|answer|map)>\s*)+$/u;

/**
 * The opened text of a rendered prompt, found by the usual headers of chat templates. Without a header, the tags `<think>`, `<answer>` and
 * `<map>` at the very end count. `undefined` when it opens nothing.
 *
 * @example openedAtEnd('…<|im_start|>assistant\n<think>\n') // '<think>\n'
 */
export function openedAtEnd(prompt: string): string | undefined {
  const header = [...prompt.matchAll(HEADER)].at(-1);
  const behind = header && prompt.slice(header.index + header[0].length);
  if (behind !== undefined && !OTHER_TURN.test(behind)) return openedText(behind);
  return OPEN_TAG.exec(prompt)?.[0];
}

/** The text after the header of a turn as opened text; undefined for white space. */
export function openedText(behindHeader: string): string | undefined {
  const text = behindHeader.trimStart();
  return text === '' ? undefined : text;
}
