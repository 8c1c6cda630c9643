/** Policies that ask misbehaving servers, for the tests of a file, and what they said to the log. */
import { afterEach } from '@jest/globals';
import type { PluginContext, Policy, SampleEvent, SamplingParameters } from '@loci/core';
import { lastValueFrom, toArray } from 'rxjs';
import { openaiPolicy } from '../src/openai-plugin.ts';
import { misbehavingServer } from './misbehaving-server.ts';
import type { Behaviour, MisbehavingServer } from './misbehaving-server.ts';

export const GREEDY: SamplingParameters = {
  temperature: 0,
  topP: 1,
  topK: 0,
  repetitionPenalty: 1,
  maxNewTokens: 64,
};

/** A policy with the server that it asks. */
export interface Asking {
  readonly policy: Policy;
  readonly server: MisbehavingServer;
}

/** Makes policies; after each test they are disposed of, and the log is emptied. */
export function policies() {
  const KEY = 'sk-very-secret-0123456789';
  const open: Asking[] = [];
  const log: string[] = [];
  afterEach(async () => {
    for (const { policy, server } of open.splice(0)) {
      await policy.dispose();
      await server.close();
    }
    log.length = 0;
    delete process.env['LOCI_TEST_KEY'];
  });

  async function policyAt(
    script: readonly Behaviour[],
    settings: Record<string, unknown> = {},
    delayMs = 0,
  ): Promise<Asking> {
    process.env['LOCI_TEST_KEY'] = KEY;
    const server = await misbehavingServer(script, delayMs);
    const context: PluginContext = {
      seed: 1,
      baseDirectory: process.cwd(),
      logger: { info: (line) => log.push(line), warn: (line) => log.push(line) },
    };
    const options = openaiPolicy.options.parse({
      baseUrl: server.baseUrl,
      model: 'm',
      apiKeyEnv: 'LOCI_TEST_KEY',
      cache: false,
      firstWaitSeconds: 0.001,
      ...settings,
    });
    const asking = { policy: (await openaiPolicy.create(options, context)) as Policy, server };
    open.push(asking);
    return asking;
  }

  return { policyAt, log, KEY, also: (asking: Asking) => open.push(asking) };
}

/** Asks and gives the completions. */
export async function ask(
  policy: Policy,
  text = 'How many chairs?',
  sampling = GREEDY,
  completionsPerPrompt = 1,
  seed = 7,
): Promise<readonly Extract<SampleEvent, { type: 'completion' }>[]> {
  const prompt = await policy.processor.encode([{ role: 'user', parts: [{ type: 'text', text }] }]);
  const events = await lastValueFrom(
    policy.sample({ prompts: [prompt], completionsPerPrompt, sampling, seed }).pipe(toArray()),
  );
  return events.filter((event) => event.type === 'completion');
}

/** The text of a completion. */
export function textOf(policy: Policy, event: SampleEvent | undefined): string {
  return policy.processor.detokenize(event?.tokenIds ?? new Int32Array(0));
}

/** What asking fails with. */
export async function failureOf(policy: Policy): Promise<Error & { readonly code: string }> {
  try {
    await ask(policy);
  } catch (error) {
    return error as Error & { readonly code: string };
  }
  throw new Error('it was answered');
}
