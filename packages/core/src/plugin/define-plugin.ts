import type { PluginDescriptor, PluginKind } from '../spec/index.ts';

/**
 * Declares a plugin. Returns it unchanged, with its types inferred and checked.
 *
 * @example
 * export const brevity = definePlugin({
 *   kind: 'reward',
 *   name: 'brevity',
 *   description: 'One point for completions of at most `limit` tokens.',
 *   options: z.strictObject({ limit: z.number().default(100) }),
 *   create: ({ limit }) => ({
 *     range: [0, 1],
 *     score: ({ completions }) =>
 *       completions.map(({ tokenCount }) => ({ status: 'scored', value: tokenCount <= limit ? 1 : 0 })),
 *   }),
 * });
 */
export function definePlugin<Kind extends PluginKind, Options>(
  descriptor: PluginDescriptor<Kind, Options>,
): PluginDescriptor<Kind, Options> {
  return descriptor;
}
