/** One question as a person asks it: of a model folder, of a run, and of a model behind a server. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { beforeAll, expect, jest, test } from '@jest/globals';
import sharp from 'sharp';
import { actions } from '../../src/actions.ts';
import { helpTexts } from '../../src/help/help-texts.ts';
import { createProgram } from '../../src/program.ts';
import { runCommand } from './command.ts';
import { makeWorkplace } from './workplace.ts';

jest.setTimeout(180_000);

let workplace: string;
let video: string;
beforeAll(async () => {
  workplace = await makeWorkplace();
  const words = ['train', '--config', 'tiny.yaml', '--steps', '1', '--run', 'run', '--quiet'];
  expect(await runCommand(workplace, words)).toMatchObject({ code: 0 });
  const rooms = readdirSync(join(workplace, 'rooms')).find((name) => name.startsWith('test'))!;
  video = join(workplace, 'rooms', rooms, 'videos/test-00000.mp4');
});

test('a run answers by its newest checkpoint and with its own prompt; a model folder by itself', async () => {
  const asked = await runCommand(workplace, ['ask', 'run', video, 'Where is the sofa?']);
  expect(asked).toMatchObject({ code: 0, stderr: '' });
  expect(asked.stdout).toMatch(
    /^ONNX Runtime on CPU, 1 thread; tokens generated in WebAssembly\nmodel {3}.*run\/checkpoints\/step-000001\n/,
  );
  expect(asked.stdout).toMatch(/\nanswer\n.+\n/);
  // The run's answers have 12 tokens at most, and a random model does not come to an end.
  expect(asked.stdout).toContain('cut off after 12 tokens; --max-new-tokens gives it more');
  const words = ['ask', 'model', video, 'Where is the sofa?', '--json', '--max-new-tokens', '5'];
  const { stdout, code } = await runCommand(workplace, words);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    model: join(workplace, 'model'),
    media: [{ kind: 'video', path: video }],
    tokens: 5,
    isWhole: false,
    map: null,
  });
});

test('a model behind a server is shown the picture, and its map is drawn', async () => {
  let body = '';
  const said = '<think>I see. <map>{"sofa": [[3, 4]]}</map></think><answer>left</answer>';
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const message = { role: 'assistant', content: said };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const picture = join(workplace, 'room.png');
  const create = { width: 56, height: 56, channels: 3, background: 'red' } as const;
  await sharp({ create }).png().toFile(picture);
  let out = '';
  const terminal = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      out += chunk.toString();
      done();
    },
  });
  const policy = {
    use: 'openai',
    model: 'm',
    baseUrl: `http://127.0.0.1:${port}/v1`,
    stream: false,
  };
  const program = createProgram(actions({ out: terminal, userDirectory: workplace }), helpTexts());
  await program.parseAsync([
    ...['node', 'loci', 'ask', JSON.stringify(policy), 'room.png', 'Where is the sofa?'],
    ...['--map', 'map.svg'],
  ]);
  server.close();
  expect(body).toContain('Where is the sofa?');
  expect(body).toContain('data:image/');
  expect(out).toContain('thinking\nI see. [the map below]');
  expect(out).toMatch(/^ 4 .* sofa/m);
  expect(out).toContain('answer\nleft');
  expect(readFileSync(join(workplace, 'map.svg'), 'utf8')).toContain('sofa [3,4]');
  expect(existsSync(join(workplace, 'map.png'))).toBe(false);
});
