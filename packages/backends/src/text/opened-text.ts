/** Finds the text that a chat template puts at the start of the assistant's turn, such as `<think>`, by rendering conversations. */
import { openedAtEnd, openedText } from '@loci/core';
import type { Message } from '@loci/core';
import type { ChatTemplate } from './chat-template.ts';

const turn = (role: Message['role'], text: string): Message => ({
  role,
  parts: [{ type: 'text', text }],
});

const QUESTION = 'what-is-asked';
const ANSWER = 'what-was-said';
const NEXT_QUESTION = 'what-is-asked-next';

/** The text that the template writes between two pieces of a conversation; undefined where it omits one or rejects the roles. */
function between(
  render: ChatTemplate,
  messages: readonly Message[],
  from: string,
  to?: string,
): string | undefined {
  let text: string;
  try {
    text = render(messages);
  } catch {
    return undefined;
  }
  const start = text.indexOf(from);
  const end = to === undefined ? text.length : text.indexOf(to, start);
  return start < 0 || end < 0 ? undefined : text.slice(start + from.length, end);
}

/** The header of a user's turn, with the role of the assistant. */
function ofAssistant(header: string): string {
  const spellings = { user: 'assistant', User: 'Assistant', USER: 'ASSISTANT' };
  return Object.entries(spellings).reduce((text, [user, own]) => text.replace(user, own), header);
}

/** The end of every prompt whose last message is a question, and the opened text in it. */
interface PromptEnd {
  readonly end: string;
  readonly opened: string | undefined;
}

/**
 * The header of the assistant's turn is that of a user's turn with the other role, or the text before an earlier answer. A template may
 * write the opened text, or an empty thought, before earlier answers too.
 */
function promptEnd(render: ChatTemplate): PromptEnd | undefined {
  const end = between(render, [turn('user', QUESTION)], QUESTION);
  if (end === undefined) return undefined;
  const history = [turn('user', QUESTION), turn('assistant', ANSWER), turn('user', NEXT_QUESTION)];
  const ofUser = between(render, history, ANSWER, NEXT_QUESTION);
  const header = [ofUser && ofAssistant(ofUser), between(render, history, QUESTION, ANSWER)]
    .map((text) => text?.trimEnd())
    .find((text) => text && end.startsWith(text));
  return header ? { end, opened: openedText(end.slice(header.length)) } : undefined;
}

/**
 * Returns a function that finds the opened text of a rendered prompt.
 *
 * @returns `undefined` for a prompt that ends in the header of the assistant's turn. White space alone does not count.
 * @example openedReader(await readChatTemplate(folder))(rendered) // '<think>\n'
 */
export function openedReader(render: ChatTemplate): (rendered: string) => string | undefined {
  const usual = promptEnd(render);
  return (rendered) =>
    usual && rendered.endsWith(usual.end) ? usual.opened : openedAtEnd(rendered);
}
