/** What trainers send, for tests of the server. */

/** A sample as it stands in a label, or in `POST /score`. */
export const SAMPLE = {
  problemType: 'numerical',
  solution: '<answer>4</answer>',
  map: { chair: [[1, 2]], table: [[5, 5]] },
} as const;

/** A completion that earns everything. */
export const GOOD =
  "<think>I count. <map>{'chair': [[1, 2]], 'table': [[5, 5]]}</map></think><answer>4</answer>";

export const PROMPT =
  '<|im_start|>user\n<|vision_start|><|video_pad|><|vision_end|>How many?<|im_end|>\n<|im_start|>assistant\n';

/** The prompt as it comes back in a query: its placeholder expanded. */
export const EXPANDED = PROMPT.replace('<|video_pad|>', '<|video_pad|>'.repeat(64));
