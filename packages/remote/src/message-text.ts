/** Reads the text of a message, whose form differs from server to server. */

/** The texts of a message. */
export interface MessageText {
  readonly content: string;
  readonly thinking: string;
  /** The model's reason to decline, instead of an answer. */
  readonly refusal: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a message, or a piece of one. Its `content` is text, a list of parts, or absent; anything that is not text is ignored. */
export function textOfMessage(message: unknown): MessageText {
  if (typeof message === 'string') return { content: message, thinking: '', refusal: '' };
  if (!isFields(message)) return { content: '', thinking: '', refusal: '' };
  const { content, refusal } = message;
  // Servers give thinking apart from the answer several names, and some send it twice.
  const apart = [message['reasoning_content'], message['reasoning'], message['thinking']];
  return {
    content: partsOf(content, 'answer'),
    thinking: (apart.map(textOf).find((text) => text !== '') ?? '') + partsOf(content, 'thinking'),
    refusal: textOf(refusal) + partsOf(content, 'refusal'),
  };
}

/** The parts of one kind, joined. */
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

/** A text, or the texts in a list or under a usual name of an object. */
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
