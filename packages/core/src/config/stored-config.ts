/** The config that a run stores in its folder, and what is read of it there. `read-config.ts` reads it to run it again. */
import { parse, parseDocument, stringify } from 'yaml';
import { FORMAT_VERSIONS, readVersion } from '../files/format-version.ts';
import { DEFAULT_RUN } from './defaults.ts';
import { isBranch } from './layers.ts';
import { currentForm } from './older-forms.ts';
import type { RunConfig } from './run-config.ts';

/** The text of a run's `config.yaml`: the version of its format, and every setting. */
export function storedConfigText(config: RunConfig): string {
  return stringify({ version: FORMAT_VERSIONS['config.yaml'], ...config });
}

/**
 * What a stored config says, in this release's form. A setting that an earlier release did not know has its default, which
 * is what that release did.
 *
 * @param place Names the file in messages.
 * @throws LociError `format-newer`.
 */
export function storedSettings(text: string, place: string): Readonly<Record<string, unknown>> {
  checkConfigVersion(text, place);
  const { layer } = currentForm(parse(text));
  const settings = Object.entries(isBranch(layer) ? layer : {}).filter(
    ([key]) => key !== 'version',
  );
  const stored: Readonly<Record<string, unknown>> = Object.fromEntries(settings);
  const { evaluate } = stored;
  return {
    ...DEFAULT_RUN,
    ...stored,
    evaluate: isBranch(evaluate) ? { ...DEFAULT_RUN.evaluate, ...evaluate } : DEFAULT_RUN.evaluate,
  };
}

/**
 * Checks that this release reads a stored config, however damaged the rest of it is.
 *
 * @param place Names the file in the message.
 * @throws LociError `format-newer`, `format-unreadable`.
 */
export function checkConfigVersion(text: string, place: string): void {
  readVersion(parseDocument(text).get('version'), 'config.yaml', place);
}
