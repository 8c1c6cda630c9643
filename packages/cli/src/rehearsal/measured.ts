/** The command line in a process that says at its end, on standard error, how much memory it took. */
import 'reflect-metadata';

process.on('exit', () => {
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stderr.write(`\npeak-memory-mb ${megabytes}\n`);
});

await import('../main.ts');
