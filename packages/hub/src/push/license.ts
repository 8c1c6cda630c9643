/** Reads the license of a repository from its card. */
import { LociError } from '@loci/core';
import type { HubReference } from '../reference.ts';
import type { HubAccess } from '../repository.ts';

/**
 * The license; undefined where the card names none, where the repository cannot be read, and offline.
 *
 * @example await licenseOf(parseReference('hub:Qwen/Qwen3-VL-2B-Instruct', 'model'), access) // 'apache-2.0'
 */
export async function licenseOf(
  { kind, name, revision }: HubReference,
  { settings, fetch }: HubAccess,
): Promise<string | undefined> {
  const { modelInfo, datasetInfo } = await import('@huggingface/hub');
  const request = {
    ...{ name, revision, hubUrl: settings.endpoint, fetch },
    additionalFields: ['cardData' as const],
  };
  try {
    const { cardData } = kind === 'model' ? await modelInfo(request) : await datasetInfo(request);
    const license: unknown = (cardData as { readonly license?: unknown } | undefined)?.license;
    const name = Array.isArray(license) ? license.join(', ') : license;
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch (thrown) {
    if (LociError.is(thrown)) return undefined;
    throw thrown;
  }
}
