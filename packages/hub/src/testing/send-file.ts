/** Sends a file as the hub and its hosts of large files do: a range where one is requested, and with an injected fault. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from './faults.ts';

/** Sends the file, or the range that the request names. */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  data: Buffer,
  headers: Readonly<Record<string, string>>,
  fault: Fault | undefined,
): void {
  const range = /^bytes=(\d+)-(\d*)$/u.exec(request.headers.range ?? '');
  const isPart = range !== null && !(fault !== undefined && 'ignoreRange' in fault);
  const begin = isPart ? Number(range[1]) : 0;
  if (isPart && begin >= data.length) {
    response.writeHead(416, { 'content-range': `bytes */${data.length}` }).end();
    return;
  }
  const end = isPart && range[2] !== '' ? Number(range[2]) + 1 : data.length;
  let body = Buffer.from(data.subarray(begin, end));
  if (fault !== undefined && 'corrupt' in fault) body[body.length - 1]! ^= 1;
  if (fault !== undefined && 'longerBy' in fault) {
    body = Buffer.concat([body, Buffer.alloc(fault.longerBy)]);
  }
  const total = data.length + (fault !== undefined && 'longerBy' in fault ? fault.longerBy : 0);
  response.writeHead(isPart ? 206 : 200, {
    ...headers,
    ...{ 'accept-ranges': 'bytes', 'content-length': String(body.length) },
    ...(isPart && { 'content-range': `bytes ${begin}-${begin + body.length - 1}/${total}` }),
  });
  if (request.method === 'HEAD') response.end();
  else if (fault !== undefined && 'cutAfter' in fault) {
    response.write(body.subarray(0, fault.cutAfter), () => response.destroy());
  } else if (fault !== undefined && 'silentAfter' in fault) {
    response.write(body.subarray(0, fault.silentAfter));
  } else response.end(body);
}
