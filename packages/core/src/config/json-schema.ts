import { z } from 'zod';
import type { RunConfig } from './run-config.ts';
import { runConfigSchema } from './run-config.ts';

/**
 * JSON schema of a config file, for editors (`# yaml-language-server: $schema=…`). Every key may be left out, for the
 * defaults fill it in; a part may be a bare name.
 */
export function configJsonSchema(defaults: RunConfig): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(runConfigSchema, {
    io: 'output',
    override({ jsonSchema }) {
      delete jsonSchema.required;
      if (jsonSchema.properties?.['use'] !== undefined) {
        const { ...object } = jsonSchema;
        for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
        jsonSchema.anyOf = [{ type: 'string' }, object];
      }
      if (jsonSchema.properties?.['steps'] !== undefined) jsonSchema.default = defaults;
    },
  });
}
