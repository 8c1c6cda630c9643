/** What a chat template writes into the assistant's turn before the model does, such as `<think>`: found by rendering conversations. */
import { openedAtEnd, openedText } from '@loci/core';
import type { Message } from '@loci/core';
import type { ChatTemplate } from './chat-template.ts';

const turn = (role: Message['role'], text: string): Message => ({
  role,
  parts: [{ type: 'text', text }],
});

const ASKED = 'what-is-asked';
const SAID = 'what-was-said';
const ASKED_NEXT = 'what-is-asked-next';

/** What the template writes between two pieces of a conversation; undefined where it leaves one out or refuses the roles. */
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

/** The header of a user's turn, written of the assistant. */
function ofAssistant(header: string): string {
  const spellings = { user: 'assistant', User: 'Assistant', USER: 'ASSISTANT' };
  return Object.entries(spellings).reduce((text, [user, own]) => text.replace(user, own), header);
}

/** The end of every prompt whose last message is a question, and what of it is opened text. */
interface PromptEnd {
  readonly end: string;
  readonly opened: string | undefined;
}

/**
 * The header of the assistant's turn is that of a user's turn with the other role, or what stands before an earlier answer; a template
 * may write the opened text, or an empty thought, before earlier answers too.
 */
function promptEnd(render: ChatTemplate): PromptEnd | undefined {
  const end = between(render, [turn('user', ASKED)], ASKED);
  if (end === undefined) return undefined;
  const history = [turn('user', ASKED), turn('assistant', SAID), turn('user', ASKED_NEXT)];
  const ofUser = between(render, history, SAID, ASKED_NEXT);
  const header = [ofUser && ofAssistant(ofUser), between(render, history, ASKED, SAID)]
    .map((text) => text?.trimEnd())
    .find((text) => text && end.startsWith(text));
  return header ? { end, opened: openedText(end.slice(header.length)) } : undefined;
}

/**
 * Tells what a rendered prompt opens of the answer.
 *
 * @returns `undefined` for a prompt that ends in the header of the assistant's turn; white space alone opens nothing.
 * @example openedReader(await readChatTemplate(folder))(rendered) // '<think>\n'
 */
export function openedReader(render: ChatTemplate): (rendered: string) => string | undefined {
  const usual = promptEnd(render);
  return (rendered) =>
    usual && rendered.endsWith(usual.end) ? usual.opened : openedAtEnd(rendered);
}
