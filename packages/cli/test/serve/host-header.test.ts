import { describe, expect, test } from '@jest/globals';
import { checkHost, checkHosts } from '../../src/serve/host-header.ts';

const LOCAL = '127.0.0.1';

describe('the name that a request calls the server by', () => {
  test.each([
    ['127.0.0.1:8181', LOCAL],
    ['127.0.0.1', LOCAL],
    ['localhost:8181', LOCAL],
    ['LocalHost.:80', LOCAL],
    ['127.8.8.8', LOCAL],
    ['[::1]:8181', '::1'],
    ['127.0.0.1:1', '::ffff:127.0.0.1'],
    ['10.0.0.7:8181', '10.0.0.7'],
    ['10.0.0.7', '::ffff:10.0.0.7'],
    ['[fd00::7]:8181', 'fd00::7'],
  ])('%j on a connection to %s is one of this machine', (header, local) => {
    expect(() => checkHost(header, local, {})).not.toThrow();
  });

  test.each([
    ...['evil.example', 'evil.example:8181', 'localhost.evil.example', '127.0.0.1.evil.example'],
    ...['10.0.0.7', '0.0.0.0', 'localhost@evil.example', 'evil.example/127.0.0.1', ' ', ''],
    ...['[::1', '::1', 'localhost:8181:8181', '127.0.0.1\\evil'],
  ])('%j is not', (header) => {
    expect(() => checkHost(header, LOCAL, {})).toThrow(
      expect.objectContaining({ statusCode: 421, code: 'host-unknown' }),
    );
  });

  test('a loopback name is invalid on a connection from another machine', () => {
    expect(() => checkHost('localhost', '10.0.0.7', {})).toThrow('--allow-host');
  });

  test('its own address and allowed names are valid, whatever the case', () => {
    const hosts = { listensOn: 'Trainer.local', allowed: ['rewards.lab', '[fd00::1]'] };
    for (const header of ['trainer.local:8181', 'REWARDS.lab.', '[fd00::1]:9']) {
      expect(() => checkHost(header, '10.0.0.7', hosts)).not.toThrow();
    }
    expect(() => checkHost('other.lab', '10.0.0.7', hosts)).toThrow('other.lab');
  });

  test('a request without the header is named', () => {
    expect(() => checkHost(undefined, LOCAL, {})).toThrow('lacks the header');
  });

  test('every place that names the server counts', () => {
    const host = (...names: readonly string[]) => names.flatMap((name) => ['Host', name]);
    const check = (url: string, ...names: readonly string[]) =>
      checkHosts({ url, rawHeaders: ['Accept', 'evil.example', ...host(...names)] }, LOCAL, {});
    expect(() => check('/score', 'localhost')).not.toThrow();
    expect(() => check('http://localhost:8181/score', 'localhost')).not.toThrow();
    expect(() => check('/score?to=http://evil.example/', 'localhost')).not.toThrow();
    expect(() => check('/score', 'localhost', 'evil.example')).toThrow('evil.example');
    expect(() => check('http://evil.example/score', 'localhost')).toThrow('evil.example');
    expect(() => check('http://localhost/score')).toThrow('lacks the header');
  });
});
