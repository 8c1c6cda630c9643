import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { hubSettings } from '../src/settings.ts';
import { newFolder } from './support/workplace.ts';

describe('where the cache is', () => {
  test.each([
    [{}, join(homedir(), '.cache/huggingface/hub')],
    [{ XDG_CACHE_HOME: '/x' }, '/x/huggingface/hub'],
    [{ HF_HOME: '/h', XDG_CACHE_HOME: '/x' }, '/h/hub'],
    [{ HF_HOME: '~/h' }, join(homedir(), 'h/hub')],
    [{ HF_HOME: '/h', HUGGINGFACE_HUB_CACHE: '/old' }, '/old'],
    [{ HF_HUB_CACHE: '/c', HUGGINGFACE_HUB_CACHE: '/old' }, '/c'],
    [{ HF_HUB_CACHE: '$DISK/${NAME}', DISK: '/d', NAME: 'n' }, '/d/n'],
  ])('%j', (environment, expected) => {
    expect(hubSettings(environment).cacheFolder).toBe(expected);
  });
});

describe('the token', () => {
  test('is read from the variable, then from the file, and never shows', () => {
    const home = newFolder();
    writeFileSync(join(home, 'token'), 'hf_fromTheFile\n');
    const file = hubSettings({ HF_HOME: home }).token!;
    expect(file.header()).toBe('Bearer hf_fromTheFile');
    expect(file.source).toBe(join(home, 'token'));
    const said = hubSettings({ HF_HOME: home, HF_TOKEN: ' hf_said\n' });
    expect(said.token!.header()).toBe('Bearer hf_said');
    for (const shown of [`${said.token!}`, JSON.stringify(said), inspect(said, { depth: 9 })]) {
      expect(shown).not.toContain('hf_said');
    }
    expect(said.token!.hide('none, a placeholder')).toBe('none, a placeholder');
    expect(file.hide('you sent hf_fromTheFile')).toBe('you sent [hub token]');
  });

  test('of the file is left alone where that is wished', () => {
    const home = newFolder();
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'token'), 'hf_fromTheFile');
    const environment = { HF_HOME: home, HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' };
    expect(hubSettings(environment).token).toBeUndefined();
  });
});

test('the endpoint is an address without a name in it', () => {
  expect(hubSettings({ HF_ENDPOINT: 'https://mirror.example/' }).endpoint).toBe(
    'https://mirror.example',
  );
  expect(() => hubSettings({ HF_ENDPOINT: 'https://me:secret@mirror.example' })).toThrow(
    /^HF_ENDPOINT is not the address(?!.*secret)/u,
  );
});

test.each([
  [{ HF_HUB_OFFLINE: '1' }, true],
  [{ TRANSFORMERS_OFFLINE: 'yes' }, true],
  [{ HF_HUB_OFFLINE: '0' }, false],
  [{}, false],
])('offline: %j', (environment, expected) => {
  expect(hubSettings(environment).isOffline).toBe(expected);
});
