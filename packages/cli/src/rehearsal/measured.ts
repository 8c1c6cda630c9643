/** Runs the command line, and prints the peak memory of the process to standard error at its end. */
import 'reflect-metadata';

process.on('exit', () => {
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stderr.write(`\npeak-memory-mb ${megabytes}\n`);
});

await import('../main.ts');
