/** Reads the conversations of ms-swift, TRL and LLaVA as a question and its answer. */
import { NotTaken } from './not-taken.ts';
import { isFields } from './rows.ts';
import type { Fields } from './rows.ts';

/** The parts of a conversation that fit into a record. */
export interface Conversation {
  /** The first question, with a marker for each medium among its parts. */
  readonly question: string;
  /** The reply of the assistant; undefined where there is none. */
  readonly reply: string | undefined;
  /** Media within the parts, in order. */
  readonly media: { readonly image: readonly unknown[]; readonly video: readonly unknown[] };
  /** The parts that a record leaves out: a system text, later turns. */
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

/** Keys under which a row may have its turns. */
export type TurnKey = 'messages' | 'conversations' | 'prompt' | 'query';

/**
 * The conversation of a row; undefined where it has none of the keys.
 *
 * @throws NotTaken when it is not a question with at most one answer.
 */
export function conversationOf(row: Fields, keys: readonly TurnKey[]): Conversation | undefined {
  const key = keys.find((candidate) => row[candidate] !== undefined && row[candidate] !== null);
  if (key === undefined) return undefined;
  const turns = turnsAt(row, key);
  const notes = new Set<string>();
  const media: { image: unknown[]; video: unknown[] } = { image: [], video: [] };
  const exchanged = turns.filter(({ role }) => role !== 'system');
  if (exchanged.length < turns.length)
    notes.add('system texts, which the prompt of a run replaces');
  const strange = exchanged.find(({ role }) => role !== 'user' && role !== 'assistant');
  if (strange !== undefined) throw new NotTaken(`a turn of the role "${strange.role}"`);
  const answered = exchanged.findIndex(({ role }) => role === 'assistant');
  const asked = answered === -1 ? exchanged : exchanged.slice(0, answered);
  if (asked.length === 0) throw new NotTaken('no question');
  if (answered !== -1 && exchanged.length > answered + 1) {
    notes.add('later turns of a conversation');
  }
  return {
    question: asked.map(({ content }) => textOf(content, media)).join('\n'),
    reply: answered === -1 ? undefined : textOf(exchanged[answered]!.content),
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

/** The text of a turn. Each media part becomes a marker, and its medium is added to `media`. */
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
