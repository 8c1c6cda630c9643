import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { definePlugin } from '../../src/plugin/define-plugin.ts';
import { PluginRegistry } from '../../src/plugin/registry.ts';
import type { AnyPlugin } from '../../src/spec/index.ts';

function schedule(name: string): AnyPlugin {
  return definePlugin({
    kind: 'schedule',
    name,
    description: 'for tests',
    options: z.strictObject({}),
    create: () => ({ factor: () => 1 }),
  });
}

describe('PluginRegistry', () => {
  const cosine = schedule('cosine');
  const registry = new PluginRegistry([cosine, schedule('constant'), schedule('linear')]);

  test('finds by kind and name', () => {
    expect(registry.get('schedule', 'cosine')).toBe(cosine);
    expect(registry.find('reward', 'cosine')).toBeUndefined();
    expect(registry.list('schedule').map(({ name }) => name)).toEqual([
      'constant',
      'cosine',
      'linear',
    ]);
  });

  test('two plugins of one name in a kind are an error, the same one twice is not', () => {
    registry.register(cosine);
    expect(() => new PluginRegistry([cosine, schedule('cosine')])).toThrow(
      /Two schedule plugins are called "cosine"/,
    );
    const own = schedule('mine');
    registry.register(own);
    registry.register(own);
    expect(() => registry.register(schedule('mine'))).toThrow(
      /Two schedule plugins are called "mine"/,
    );
    expect(
      () =>
        new PluginRegistry([
          schedule('a'),
          { ...cosine, name: 'a', kind: 'objective' } as unknown as AnyPlugin,
        ]),
    ).not.toThrow();
  });

  test('a bundled plugin keeps its name', () => {
    const known = new PluginRegistry([cosine]);
    known.register(schedule('cosine'));
    expect(known.get('schedule', 'cosine')).toBe(cosine);
  });

  test('an unknown name lists the near ones, then all', () => {
    expect(() => registry.get('schedule', 'cosin')).toThrow(
      'There is no schedule plugin called "cosin"; did you mean "cosine"? known: constant, cosine, linear',
    );
    expect(() => registry.get('schedule', 'zzzzzz')).toThrow(
      /"zzzzzz"; known: constant, cosine, linear/,
    );
    expect(() => registry.get('reward', 'answer')).toThrow(/there are none/);
  });
});
