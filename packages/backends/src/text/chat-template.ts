/** Renders conversations by the Jinja template of a model folder, as the text that the model was trained on. */
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { LociError, messageOf } from '@loci/core';
import type { Message } from '@loci/core';
import { z } from 'zod';
import { readModelJson, readModelText } from '../files/model-file.ts';

/** Renders a conversation and the opening of the assistant's turn; each medium leaves one placeholder. */
export type ChatTemplate = (messages: readonly Message[]) => string;

const named = z.array(z.object({ name: z.string(), template: z.string() }));
const holder = z.object({ chat_template: z.union([z.string(), named]).optional() });

const FILES = ['chat_template.json', 'tokenizer_config.json'] as const;

/** The template's source, from whichever file of the folder holds it. */
async function readSource(folder: string): Promise<string | undefined> {
  const text = await readModelText(join(folder, 'chat_template.jinja'));
  if (text !== undefined) return text;
  for (const name of FILES) {
    const file = join(folder, name);
    const json = await readModelJson(file);
    if (json === undefined) continue;
    const found = holder.safeParse(json);
    if (!found.success) {
      throw new LociError(
        'model-file',
        `${file}: "chat_template" must be a text, or a list of objects with "name" and "template"`,
      );
    }
    const template = found.data.chat_template;
    if (typeof template === 'string') return template;
    const byDefault = template?.find((entry) => entry.name === 'default') ?? template?.[0];
    if (byDefault) return byDefault.template;
  }
  return undefined;
}

/** Tokens that templates may name by their role. */
const ROLES = ['bos_token', 'eos_token', 'pad_token', 'unk_token'] as const;
const token = z.union([
  z.string(),
  z.object({ content: z.string() }).transform(({ content }) => content),
]);

/** The role tokens of `tokenizer_config.json`, each as a text or as an object with its `content`. */
async function readRoles(folder: string): Promise<Readonly<Record<string, string>>> {
  const json = z
    .looseObject({})
    .safeParse(await readModelJson(join(folder, 'tokenizer_config.json')));
  const found = ROLES.map((role) => [role, token.safeParse(json.data?.[role]).data] as const);
  return Object.fromEntries(
    found.filter((role): role is [(typeof role)[0], string] => role[1] !== undefined),
  );
}

/**
 * Reads the chat template of a model folder: `chat_template.jinja`, `chat_template.json`, or the key `chat_template` of
 * `tokenizer_config.json`.
 *
 * @throws LociError `model-file` when there is no template, or it cannot be parsed. The returned function throws it for conversations that
 * the template rejects.
 */
export async function readChatTemplate(folder: string): Promise<ChatTemplate> {
  const source = await readSource(folder);
  if (source === undefined) {
    throw new LociError(
      'model-file',
      `${folder} has no chat template: copy chat_template.jinja (or chat_template.json, or the key "chat_template" of tokenizer_config.json) ` +
        'from the model that it was trained from',
    );
  }
  const named = (cause: unknown) =>
    new LociError('model-file', `chat template of ${folder}: ${messageOf(cause)}`, { cause });
  try {
    const render = createChatTemplate(source, await readRoles(folder));
    return (messages) => {
      try {
        return render(messages);
      } catch (cause) {
        throw named(cause);
      }
    };
  } catch (cause) {
    throw LociError.is(cause) ? cause : named(cause);
  }
}

/**
 * A template from its Jinja source.
 *
 * @param roles tokens that the source may name by their role, as `eos_token`.
 */
export function createChatTemplate(
  source: string,
  roles: Readonly<Record<string, string>> = {},
): ChatTemplate {
  const template = new Template(source);
  return (messages) =>
    template.render({
      ...roles,
      add_generation_prompt: true,
      messages: messages.map(({ role, parts }) => ({
        role,
        content: parts.map((part) =>
          part.type === 'text'
            ? { type: 'text', text: part.text }
            : { type: part.media.kind, [part.media.kind]: part.media.path },
        ),
      })),
    });
}
