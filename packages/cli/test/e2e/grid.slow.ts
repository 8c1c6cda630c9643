/** A whole grid as a person runs it: extended config, a variable, Ctrl-C in the second run, and going on to the table. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { runCommand, startCommand } from './command.ts';
import { loggedFigure, makeWorkplace } from './workplace.ts';

jest.setTimeout(180_000);

test('a resumed grid has the same runs as training one after the other by hand', async () => {
  const workplace = await makeWorkplace();
  const grid = join(workplace, 'grid');
  writeFileSync(
    join(workplace, 'short.yaml'),
    'extends: tiny.yaml\nsteps: ${LOCI_NO_SUCH_VARIABLE:-2}\nevaluate: { questions: 0 }\n',
  );
  const words = ['train', '--config', 'short.yaml', '--grid', 'learningRate=1e-3,2e-3'];
  const run = startCommand(workplace, [...words, '--run', 'grid']);
  await run.sees(/^run 2 of 2: optimizer\.learningRate=2e-3\n[^]*^step 1\/2/m);
  run.process.kill('SIGINT');
  const stopped = await run.ended;
  expect(stopped).toMatchObject({ code: 0, stderr: '' });
  expect(stopped.stdout).toMatch(/^learningRate=1e-3 +finished after step 2 /m);
  expect(stopped.stdout).toContain(`train --resume ${grid}`);

  const resumed = await runCommand(workplace, ['train', '--resume', 'grid', '--json']);
  expect(resumed.code).toBe(0);
  const result = JSON.parse(resumed.stdout) as { readonly runs: readonly object[] };
  expect(result.runs).toMatchObject([
    { name: 'learningRate=1e-3', ending: { reason: 'finished', step: 2 } },
    { name: 'learningRate=2e-3', ending: { reason: 'finished', step: 2 } },
  ]);
  const second = join(grid, 'learningRate=2e-3');
  expect(readFileSync(join(second, 'config.yaml'), 'utf8')).toMatch(
    /^steps: 2$[^]*learningRate: 0\.002$/m,
  );
  expect(existsSync(join(second, 'report.html'))).toBe(true);

  const alone = ['--set', 'optimizer.learningRate=2e-3', '--run', 'alone'];
  expect((await runCommand(workplace, ['train', '--config', 'short.yaml', ...alone])).code).toBe(0);
  expect(loggedFigure(second, 'loss/total')).toEqual(
    loggedFigure(join(workplace, 'alone'), 'loss/total'),
  );
});
