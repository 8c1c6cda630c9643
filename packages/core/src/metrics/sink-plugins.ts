import type { AnyPlugin } from '../spec/index.ts';
import { jsonlSink } from './jsonl-sink.ts';
import { tensorboardSink } from './tensorboard-sink.ts';

/** The bundled metric sinks. */
export const sinkPlugins: readonly AnyPlugin[] = [jsonlSink, tensorboardSink];
