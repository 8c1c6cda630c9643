/** A benchmark asked of a server that answers every question with nothing. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { writeSparFolder } from '@loci/benchmarks/testing';
import sharp from 'sharp';
import { actions } from '../../src/actions.ts';
import { helpTexts } from '../../src/help/help-texts.ts';
import { createProgram } from '../../src/program.ts';

const place = mkdtempSync(join(tmpdir(), 'loci-silent-'));
const io = {
  out: new Writable({ write: (_text, _encoding, done) => done() }),
  userDirectory: place,
};

test.each([true, false])(
  'a server that says nothing gets no report, streamed: %s',
  async (stream) => {
    const server = createServer((_request, response) => {
      const choice = { message: { content: '' }, delta: { content: '' }, finish_reason: 'stop' };
      const answer = JSON.stringify({ choices: [choice] });
      response.end(stream ? `data: ${answer}\n\ndata: [DONE]\n\n` : answer);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const baseUrl = `http://127.0.0.1:${port}/v1`;
    const policy = {
      ...{ use: 'openai', model: 'm', cache: join(place, 'silent') },
      baseUrl,
      stream,
    };
    const image = await sharp({ create: { width: 56, height: 56, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const media = { video: '', images: [image, image, image] };
    writeSparFolder(join(place, 'silent-spar'), media);
    const out = `silent-run-${stream}`;
    const words = `evaluate --benchmark spar-bench --data silent-spar --out ${out} --quiet`;
    const asked = createProgram(actions(io), helpTexts()).parseAsync([
      ...['node', 'loci', ...words.split(' '), '--policy'],
      JSON.stringify({ ...policy, firstWaitSeconds: 0.001 }),
    ]);
    await expect(asked).rejects.toMatchObject({
      code: 'model-unavailable',
      message: expect.stringContaining('answered without any text'),
    });
    server.close();
    expect(readFileSync(join(place, out, 'predictions.jsonl'), 'utf8')).not.toContain(
      '"status":"answered"',
    );
    expect(existsSync(join(place, out, 'report.json'))).toBe(false);
    expect(existsSync(join(place, 'silent'))).toBe(false);
  },
);
