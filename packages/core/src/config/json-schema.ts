import { z } from 'zod';
import type { RunConfig } from './run-config.ts';
import { runConfigSchema } from './run-config.ts';

/**
 * JSON schema of a config file, for editors (`# yaml-language-server: $schema=…`). Every key may be left out, for the
 * defaults fill it in; a part may be a bare name.
 */
export function configJsonSchema(defaults: RunConfig): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(runConfigSchema, {
    io: 'output',
    override({ jsonSchema }) {
      delete jsonSchema.required;
      const { properties } = jsonSchema;
      if (properties?.['use'] === undefined) return;
      const { additionalProperties = {} } = jsonSchema;
      jsonSchema.anyOf = [{ type: 'string' }, { type: 'object', properties, additionalProperties }];
      delete jsonSchema.type;
      delete jsonSchema.properties;
      delete jsonSchema.additionalProperties;
    },
  });
  return { ...schema, default: defaults };
}
