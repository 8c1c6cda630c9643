// @ts-check
/**
 * Runs a model `y = f(x)` of three numbers on one execution provider, and prints the result and the providers of its nodes in a line of
 * JSON. Runs in a process of its own, which a provider may crash.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadOnnxRuntime } from './onnxruntime.mjs';

const { InferenceSession, Tensor } = loadOnnxRuntime();

const [provider = '', model = '', folder = ''] = process.argv.slice(2);

const session = await InferenceSession.create(Buffer.from(model, 'base64'), {
  executionProviders: [provider],
  logSeverityLevel: 3,
  enableProfiling: true,
  profileFilePrefix: join(folder, 'profile'),
});
const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 2, 3), [3]) });
session.endProfiling();
const profiles = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
const events = profiles.flatMap((text) => JSON.parse(text));
const providers = [...new Set(events.map(({ args }) => args?.provider).filter(Boolean))];
process.stdout.write(
  `${JSON.stringify({ values: [.../** @type {any} */ (y).data], providers })}\n`,
);
process.exit(0);
