/**
 * Compares the project with golden vectors of the reference: `nx run tools:conformance -- --golden DIR`. Prints one line a file
 * and the total last, and exits with 1 when a vector fails. A file that nothing checks is named, and not in the total.
 */
import 'reflect-metadata';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '@loci/core';
import { formatResults, runConformance } from './conformance/run-conformance.ts';

const USAGE = 'usage: nx run tools:conformance -- --golden DIR';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { golden: { type: 'string' } } });
  if (values.golden === undefined) {
    console.error(USAGE);
    return 2;
  }
  const results = await runConformance(resolve(process.env['INIT_CWD'] ?? '.', values.golden));
  console.log(formatResults(results));
  return results.some(({ disagreements }) => disagreements.length > 0) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`conformance: ${messageOf(error)}`);
  process.exitCode = 2;
}
