import { expect, test } from '@jest/globals';
import { serverEvents } from '../../src/http/event-stream.ts';

const STREAM =
  'data: a\r\ndata:b\r\n\r\n: remark\r\nevent: error\rdata: c\r\r\n\ndata\n\n{"d": 1}\nid: 4';
const EVENTS = [
  { name: 'message', data: 'a\nb' },
  { name: 'error', data: 'c' },
  { name: 'message', data: '' },
  { name: 'message', data: '{"d": 1}' },
];

test.each([1, 2, 3, 7, 1000])('events are the same in chunks of %i characters', async (size) => {
  async function* chunks() {
    for (let at = 0; at < STREAM.length; at += size) yield STREAM.slice(at, at + size);
  }
  const events: unknown[] = [];
  for await (const event of serverEvents(chunks())) events.push(event);
  expect(events).toEqual(EVENTS);
});
