/** The text of what a message holds, whose form differs from server to server. */

/** What a message says and what it thinks. */
export interface SaidText {
  readonly content: string;
  readonly thinking: string;
  /** Why the model does not answer, in place of an answer. */
  readonly refusal: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a message, or a piece of one: `content` is text, a list of parts, or absent; what is no text counts as none. */
export function saidIn(message: unknown): SaidText {
  if (typeof message === 'string') return { content: message, thinking: '', refusal: '' };
  if (!isFields(message)) return { content: '', thinking: '', refusal: '' };
  const { content, refusal } = message;
  // Thinking that a server cuts off from the answer goes by several names, and some send it twice.
  const apart = [message['reasoning_content'], message['reasoning'], message['thinking']];
  return {
    content: partsOf(content, 'answer'),
    thinking: (apart.map(textOf).find((text) => text !== '') ?? '') + partsOf(content, 'thinking'),
    refusal: textOf(refusal) + partsOf(content, 'refusal'),
  };
}

/** The parts of a content that are of a kind, joined. */
function partsOf(content: unknown, kind: 'answer' | 'thinking' | 'refusal'): string {
  if (typeof content === 'string') return kind === 'answer' ? content : '';
  const parts: readonly unknown[] = Array.isArray(content) ? content : [content];
  return parts.map((part) => (kindOf(part) === kind ? textOf(part) : '')).join('');
}

function kindOf(part: unknown): 'answer' | 'thinking' | 'refusal' {
  const type = isFields(part) ? part['type'] : undefined;
  if (type === 'refusal') return 'refusal';
  return typeof type === 'string' && /think|reason/iu.test(type) ? 'thinking' : 'answer';
}

/** A text, or the texts within a list or an object that holds one under a usual name. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textOf).join('');
  if (!isFields(value)) return '';
  const named = [value['text'], value['thinking'], value['reasoning'], value['refusal']];
  return named.map(textOf).find((text) => text !== '') ?? textOf(value['value'] ?? '');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
