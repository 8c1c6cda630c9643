/** What stands in for parts that are not installed; `e2e/without-engines.test.ts` really leaves it out. */
import { describe, expect, test } from '@jest/globals';
import { plugins } from '@loci/backends/plugins';
import { fakeLogger } from '@loci/core/testing';
import { enginePlugins, loadBackends, loadWatch, remotePlugins } from '../src/parts.ts';

/** The error of Node.js for a package that is nowhere to be found. */
const notFound = (name: string) => () =>
  Promise.reject(
    Object.assign(new Error(`Cannot find package '${name}' imported from /app/engines.js`), {
      code: 'ERR_MODULE_NOT_FOUND',
    }),
  );

describe('without the package of the engines', () => {
  const standIns = () => enginePlugins(notFound('@loci/backends'));

  test('each of its policies has a stand-in of the same name', async () => {
    const names = (await standIns()).map(({ kind, name }) => `${kind} ${name}`);
    expect(names).toEqual(plugins.map(({ kind, name }) => `${kind} ${name}`));
  });

  test('a stand-in keeps options as they are, and creates nothing', async () => {
    const [onnx] = await standIns();
    const options = { model: 'start', threads: 2 };
    expect(onnx!.options.parse(options)).toEqual(options);
    const context = { seed: 1, baseDirectory: '.', logger: fakeLogger() };
    expect(() => onnx!.create(options as never, context)).toThrow(
      expect.objectContaining({
        code: 'engine-unavailable',
        message:
          'The policy "onnx" needs the package @loci/backends, which is not installed: add @loci/backends from where your other packages of Loci came',
      }),
    );
  });

  test('a command that needs the package names its purpose', async () => {
    await expect(loadBackends('Pretraining', notFound('@loci/backends'))).rejects.toThrow(
      /^Pretraining needs the package @loci\/backends.*: add @loci\/backends from where your other/,
    );
  });
});

test('models behind a server have a stand-in, and the live page an error, where their packages are missing', async () => {
  const plugins = await remotePlugins(notFound('@loci/remote'));
  expect(plugins.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['policy openai']);
  await expect(loadWatch(notFound('@loci/watch'))).rejects.toMatchObject({
    code: 'part-missing',
    message: expect.stringMatching(/^The live page needs the package @loci\/watch/),
  });
  await expect(loadWatch(notFound('fastify'))).rejects.toThrow("Cannot find package 'fastify'");
});

test('a package that is there and lacks another is an error as it is', async () => {
  await expect(enginePlugins(notFound('zod'))).rejects.toThrow("Cannot find package 'zod'");
  await expect(loadBackends('Pretraining', notFound('onnx-buf'))).rejects.toThrow(
    "Cannot find package 'onnx-buf'",
  );
});

test('with the package its own plugins are taken', async () => {
  expect(await enginePlugins()).toEqual(plugins);
});
