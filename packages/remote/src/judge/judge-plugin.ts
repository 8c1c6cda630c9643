/** The reward `judge`: a model behind a server grades what no rule decides. */
import { readFileSync } from 'node:fs';
import { Budget, LociError, definePlugin, messageOf, typedPath } from '@loci/core';
import type { PluginContext } from '@loci/core';
import { jpegFrames } from '../present-media.ts';
import { remoteProcessor } from '../remote-processor.ts';
import { askingParts } from '../server-options.ts';
import { openJudge } from './judge.ts';
import { judgeOptions } from './options.ts';
import type { JudgeOptions } from './options.ts';
import { openSpendingFile } from './spending-file.ts';
import { DEFAULT_TEMPLATE, templateFault } from './template.ts';
import { verdictReader } from './verdict-schema.ts';

/** A small cache is enough: all completions of one prompt share their frames. */
const FRAME_CACHE_BYTES = 64 * 2 ** 20;
const JPEG_QUALITY = 90;

/**
 * Grades completions. The key comes from the environment. No config, log, message or cached verdict holds it.
 *
 * @example rewards: [{ use: judge, weight: 0.5, options: { baseUrl: 'http://localhost:8000/v1', model: Qwen/Qwen3-32B } }]
 */
export const judgeReward = definePlugin({
  kind: 'reward',
  name: 'judge',
  description: 'The verdict of a model behind a server, for qualities that no rule decides; 0…1.',
  options: judgeOptions,
  create: (settings, context) => {
    const { schema, valueKey, prices, model, maxTokensName, extra } = settings;
    const reader = verdictReader(schema, valueKey);
    if (typeof reader === 'string') throw new LociError('judge-schema', `The schema ${reader}`);
    const spending =
      context.runDirectory === undefined ? undefined : openSpendingFile(context.runDirectory);
    return openJudge({
      asking: askingParts(settings, context),
      chat: { model, maxTokensName, extra },
      processor: remoteProcessor(jpegFrames(FRAME_CACHE_BYTES, JPEG_QUALITY)),
      template: templateOf(settings, context),
      reader,
      structured: settings.structured,
      showMedia: settings.showMedia,
      maxNewTokens: settings.maxNewTokens,
      completionCharacters: settings.completionCharacters,
      patienceMs: settings.patienceSeconds * 1000,
      prices,
      budget: new Budget(settings.budget, spending?.spentBefore),
      requestsPerMinute: settings.requestsPerMinute,
      spending,
      logger: context.logger,
    });
  },
});

function templateOf(
  { template, templateFile }: JudgeOptions,
  { baseDirectory }: PluginContext,
): string {
  if (templateFile === undefined) return template ?? DEFAULT_TEMPLATE;
  const path = typedPath(templateFile, baseDirectory);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new LociError(
      'judge-template',
      `The template ${path} cannot be read: ${messageOf(cause)}. Set templateFile to a readable file`,
      { cause },
    );
  }
  const fault = templateFault(text);
  if (fault === undefined) return text;
  throw new LociError('judge-template', `The template ${path}: ${fault}`);
}
