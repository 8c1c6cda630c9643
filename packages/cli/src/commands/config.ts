/** Prints the values of a config with their origins, and the schema of config files. */
import { join } from 'node:path';
import { createRun, explainConfig, storedConfigText, writeFileWhole } from '@loci/core';
import type { Logger } from '@loci/core';
import { completeConfig } from '../complete-config.ts';
import { bundledPlugins, packagePlugins } from '../compose.ts';
import { valuesText } from '../config/values-text.ts';
import { readRunConfig } from '../defaults.ts';
import type { ConfigPrintFlags, ConfigSchemaFlags } from '../flags.ts';
import { bringConfig } from '../hub/bring-config.ts';
import { print } from '../io.ts';
import type { Io } from '../io.ts';
import { resumedRun } from '../resumed-run.ts';
import { configSchemaText } from '../schemas/schema-files.ts';
import { outFile } from '../written-paths.ts';

const SILENT: Logger = { info: () => undefined, warn: () => undefined };

/**
 * Prints every value with its origin; then checks the plugins and their options, as a run does.
 *
 * @throws LociError of the config, `no-such-run`.
 */
export async function configPrint(flags: ConfigPrintFlags, io: Io): Promise<void> {
  const { resume, ...source } = flags;
  const stored = resume === undefined ? {} : { stored: storedFile(resume, io) };
  const { config: read, origin } = readRunConfig({ ...source, ...stored }, io);
  const config = completeConfig(read, bundledPlugins);
  if (flags.yaml === true) {
    io.out.write(storedConfigText(config, origin));
  } else {
    const values = explainConfig(config, origin).filter(
      ({ source: { kind } }) => flags.changed !== true || kind !== 'default',
    );
    const text =
      flags.json === true
        ? JSON.stringify(values, undefined, 2)
        : valuesText(values, io.userDirectory);
    if (text !== '') print(io, text);
  }
  const { config: checked } = await bringConfig(config, SILENT, []);
  const run = await createRun({
    ...{ config: checked, origin, plugins: packagePlugins, baseDirectory: io.userDirectory },
    logger: SILENT,
  });
  await run.dispose();
}

function storedFile(resume: string, io: Io): string {
  return join(resumedRun({ resume }, io), 'config.yaml');
}

/**
 * Prints the JSON schema of config files, or writes it.
 *
 * @throws LociError `not-a-file`, `not-writable`.
 */
export async function configSchema({ file }: ConfigSchemaFlags, io: Io): Promise<void> {
  const text = configSchemaText();
  if (file === undefined) {
    if (io.result) io.result(JSON.parse(text));
    else io.out.write(text);
    return;
  }
  const path = outFile(file, io.userDirectory);
  writeFileWhole(path, text);
  print(io, path);
  io.result?.({ file: path });
}
