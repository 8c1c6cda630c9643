/** Connects the commands to the program. Each loads its modules when it runs, so that `--help` is quick. */
import type { Io } from './io.ts';
import { print, withResult } from './io.ts';
import type { Actions } from './flags.ts';

/** Binds the commands to a process. */
export function actions(io: Io): Actions {
  return {
    init: async (name, flags) =>
      (await import('./commands/init.ts')).init(name, flags, withResult(io, flags)),
    train: async (flags) => (await import('./commands/train.ts')).train(flags, io),
    watch: async (flags) =>
      (await import('./commands/watch.ts')).watch(flags, withResult(io, flags)),
    evaluate: async (flags) =>
      (await import('./commands/evaluate.ts')).evaluate(flags, withResult(io, flags)),
    report: async (flags) =>
      (await import('./commands/report.ts')).report(flags, withResult(io, flags)),
    sync: async (flags) => (await import('./commands/sync.ts')).sync(flags, withResult(io, flags)),
    jobs: async (flags) => (await import('./commands/jobs.ts')).jobs(flags, withResult(io, flags)),
    ask: async (flags) => (await import('./commands/ask.ts')).ask(flags, io),
    pretrain: async (flags) =>
      (await import('./commands/pretrain.ts')).pretrainModel(flags, withResult(io, flags)),
    diagnose: async (flags) =>
      (await import('./commands/diagnose.ts')).diagnose(flags, withResult(io, flags)),
    experiment: async (flags) =>
      (await import('./commands/experiment.ts')).experiment(flags, withResult(io, flags)),
    learning: async (flags) =>
      (await import('./commands/learning.ts')).learning(flags, withResult(io, flags)),
    generate: async (flags) =>
      (await import('./commands/generate.ts')).generate(flags, withResult(io, flags)),
    convert: async (file, flags) =>
      (await import('./commands/convert.ts')).convert(file, flags, withResult(io, flags)),
    checkData: async (flags) =>
      (await import('./commands/check-data.ts')).checkData(flags, withResult(io, flags)),
    validate: async (flags) =>
      (await import('./commands/validate.ts')).validate(flags, withResult(io, flags)),
    score: async (flags) =>
      (await import('./commands/score.ts')).score(flags, withResult(io, flags)),
    exportJob: async (flags) =>
      (await import('./commands/export.ts')).exportJob(flags, withResult(io, flags)),
    serveRewards: async (flags) =>
      (await import('./commands/serve-rewards.ts')).serveRewards(flags, withResult(io, flags)),
    merge: async (flags) =>
      (await import('./commands/merge.ts')).merge(flags, withResult(io, flags)),
    push: async (flags) => (await import('./commands/push.ts')).push(flags, withResult(io, flags)),
    configPrint: async (flags) => (await import('./commands/config.ts')).configPrint(flags, io),
    configSchema: async (flags) =>
      (await import('./commands/config.ts')).configSchema(flags, withResult(io, flags)),
    plugins: async (flags) => {
      const [{ pluginsFound, pluginsText }, { bundledPlugins }] = await Promise.all([
        import('./commands/plugins.ts'),
        import('./compose.ts'),
      ]);
      if (flags.json === true) withResult(io, flags).result?.(pluginsFound(bundledPlugins));
      else print(io, pluginsText(bundledPlugins));
    },
  };
}
