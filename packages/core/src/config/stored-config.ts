/** The config that a run stores in its folder, and what is read of it there. `read-config.ts` reads it to run it again. */
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
 * The text of a run's `config.yaml`: the version of its format, and every setting. Where a text was taken from the environment it has the
 * reference, and any other `${` is escaped, so that the file reads back as the same config.
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

/** The settings as text has them: what is stored of a config, to be compared with what another one stored. */
export function writtenSettings(
  config: RunConfig,
  origin: ConfigOrigin,
): Readonly<Record<string, unknown>> {
  return storedSettings(storedConfigText(config, origin), 'config.yaml');
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
