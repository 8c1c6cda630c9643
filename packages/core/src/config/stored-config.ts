/** Writes the config that a run stores in its folder, and reads its settings for comparisons. `read-config.ts` reads it to run it again. */
import { Document, Scalar, parse, parseDocument } from 'yaml';
import { FORMAT_VERSIONS, readVersion } from '../files/format-version.ts';
import { PROGRAM_ORIGIN } from './config-origin.ts';
import type { ConfigOrigin } from './config-origin.ts';
import { DEFAULT_RUN } from './defaults.ts';
import { escapeReferences } from './environment.ts';
import { isBranch } from './layers.ts';
import { currentForm } from './older-forms.ts';
import { withoutSecrets } from './recorded-config.ts';
import type { RunConfig } from './run-config.ts';

/**
 * The text of a run's `config.yaml`: the version of its format, and every setting. A text from the environment is stored as its reference,
 * and any other `${` is escaped, so that the file reads back as the same config.
 */
export function storedConfigText(config: RunConfig, origin: ConfigOrigin = PROGRAM_ORIGIN): string {
  const settings = withoutSecrets(
    config,
    origin,
    ({ text, isPlain }) => scalar(text, isPlain ? 'PLAIN' : 'QUOTE_DOUBLE'),
    (text) => (text.includes('${') ? scalar(escapeReferences(text), 'QUOTE_DOUBLE') : text),
  );
  const version = FORMAT_VERSIONS['config.yaml'];
  return new Document({ version, ...(settings as RunConfig) }).toString();
}

function scalar(text: string, type: Scalar.Type): Scalar {
  return Object.assign(new Scalar(text), { type });
}

/** The settings of a config in their stored form, for a comparison with another stored config. */
export function writtenSettings(
  config: RunConfig,
  origin: ConfigOrigin,
): Readonly<Record<string, unknown>> {
  return storedSettings(storedConfigText(config, origin), 'config.yaml');
}

/**
 * The settings of a stored config in the current form. A setting that an earlier release did not have gets its default, which matches the
 * behavior of that release.
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
 * Checks that this release can read the format of a stored config, even when the rest of the file is damaged.
 *
 * @param place Names the file in the message.
 * @throws LociError `format-newer`, `format-unreadable`.
 */
export function checkConfigVersion(text: string, place: string): void {
  readVersion(parseDocument(text).get('version'), 'config.yaml', place);
}
