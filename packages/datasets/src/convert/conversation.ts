/** Conversations as question and answer: the shapes that ms-swift, TRL and LLaVA write them in. */
import { NotTaken } from './not-taken.ts';
import { isFields } from './rows.ts';
import type { Fields } from './rows.ts';

/** What a conversation holds that a record has a place for. */
export interface Conversation {
  /** The first question, with a marker for each medium that stands among its parts. */
  readonly question: string;
  /** What the assistant replied; undefined where it did not. */
  readonly reply: string | undefined;
  /** Media that stand in the parts themselves, in order. */
  readonly media: { readonly image: readonly unknown[]; readonly video: readonly unknown[] };
  /** What was left out of it: a system text, later turns. */
  readonly notes: readonly string[];
}

interface Turn {
  readonly role: string;
  readonly content: unknown;
}

const ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  gpt: 'assistant',
  bot: 'assistant',
};

/** Keys that a row may have its turns under. */
export type TurnKey = 'messages' | 'conversations' | 'prompt' | 'query';

/**
 * The conversation of a row; undefined where it has none of the keys.
 *
 * @throws NotTaken when it is no question with at most one answer to it.
 */
export function conversationOf(row: Fields, keys: readonly TurnKey[]): Conversation | undefined {
  const key = keys.find((candidate) => row[candidate] !== undefined && row[candidate] !== null);
  if (key === undefined) return undefined;
  const turns = turnsAt(row, key);
  const notes = new Set<string>();
  const media: { image: unknown[]; video: unknown[] } = { image: [], video: [] };
  const spoken = turns.filter(({ role }) => role !== 'system');
  if (spoken.length < turns.length)
    notes.add('system texts, in whose place the prompt of a run stands');
  const strange = spoken.find(({ role }) => role !== 'user' && role !== 'assistant');
  if (strange !== undefined) throw new NotTaken(`a turn of the role "${strange.role}"`);
  const answered = spoken.findIndex(({ role }) => role === 'assistant');
  const asked = answered === -1 ? spoken : spoken.slice(0, answered);
  if (asked.length === 0) throw new NotTaken('no question');
  if (answered !== -1 && spoken.length > answered + 1) notes.add('later turns of a conversation');
  return {
    question: asked.map(({ content }) => textOf(content, media)).join('\n'),
    reply: answered === -1 ? undefined : textOf(spoken[answered]!.content),
    media,
    notes: [...notes],
  };
}

function turnsAt(row: Fields, key: TurnKey): readonly Turn[] {
  const value = row[key];
  if (key === 'query') {
    const history = row['history'];
    if (Array.isArray(history) && history.length > 0)
      throw new NotTaken('earlier turns in "history"');
    return [
      ...(typeof row['system'] === 'string' ? [{ role: 'system', content: row['system'] }] : []),
      { role: 'user', content: value },
      ...replyTurns(row['response']),
    ];
  }
  const turns = typeof value === 'string' ? [{ role: 'user', content: value }] : value;
  if (!Array.isArray(turns)) throw new NotTaken(`"${key}" is no list of turns`);
  return [...turns.map(turnOf), ...(key === 'prompt' ? replyTurns(row['completion']) : [])];
}

function replyTurns(reply: unknown): readonly Turn[] {
  if (Array.isArray(reply)) return reply.map(turnOf);
  return typeof reply === 'string' ? [{ role: 'assistant', content: reply }] : [];
}

function turnOf(turn: unknown): Turn {
  if (!isFields(turn)) throw new NotTaken('a turn that is no object');
  const role = String(turn['role'] ?? turn['from'] ?? 'user');
  return { role: ROLES[role] ?? role, content: turn['content'] ?? turn['value'] };
}

/** The text of a turn; media parts leave a marker, and what they hold goes to `media`. */
function textOf(content: unknown, media?: { image: unknown[]; video: unknown[] }): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw new NotTaken('a turn without a text');
  return content
    .map((part: unknown) => {
      if (typeof part === 'string') return part;
      if (!isFields(part)) throw new NotTaken('a part of a turn that is no object');
      const type = String(part['type']).replace('_url', '');
      if (type === 'text') return String(part['text']);
      if ((type !== 'image' && type !== 'video') || media === undefined) {
        throw new NotTaken(`a part of the type "${type}"`);
      }
      const held = part[type] ?? part[`${type}_url`] ?? part['path'] ?? part['url'];
      if (held !== undefined && held !== null) media[type].push(held);
      return `<${type}>`;
    })
    .join('');
}
