// node-redis connects, and the everyday commands work in both versions of the protocol.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RESP_TYPES, WatchError } from 'redis';
import { waitUntil, withServer } from './server.mjs';

/** Runs a test once with each version of the protocol. */
function both(name, body) {
  for (const RESP of [2, 3]) {
    test(`${name} (RESP${RESP})`, () =>
      withServer(({ port, connect }) =>
        body({ port, connect: (more) => connect({ RESP, ...more }) })));
  }
}

both('a client connects without configuration', async ({ connect }) => {
  const client = await connect();
  assert.equal(await client.ping(), 'PONG');
  assert.equal(await client.echo('hello'), 'hello');
});

both('strings are set, read, counted and deleted', async ({ connect }) => {
  const client = await connect();
  assert.equal(await client.set('a', '1'), 'OK');
  assert.equal(await client.incr('a'), 2);
  assert.equal(await client.decrBy('a', 5), -3);
  assert.equal(await client.get('a'), '-3');
  assert.equal(await client.mSet({ b: '2', c: '3' }), 'OK');
  assert.deepEqual(await client.mGet(['b', 'c', 'missing']), ['2', '3', null]);
  assert.equal(await client.del(['a', 'b', 'missing']), 2);
  assert.equal(await client.dbSize(), 1);
});

both('bytes come back as they were', async ({ connect }) => {
  const client = (await connect()).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
  await client.set('bytes', bytes);
  assert.deepEqual(await client.get('bytes'), bytes);
});

both('a value goes when its time is over', async ({ connect }) => {
  const client = await connect();
  await client.set('a', '1', { expiration: { type: 'PX', value: 30 } });
  await waitUntil(async () => (await client.get('a')) === null);
  await client.set('b', '1', { expiration: { type: 'EX', value: 100 } });
  assert.ok((await client.ttl('b')) > 0);
});

both('commands of one turn travel together and answer in order', async ({ connect }) => {
  const client = await connect();
  const replies = await Promise.all(Array.from({ length: 2000 }, () => client.incr('n')));
  assert.deepEqual(replies, Array.from({ length: 2000 }, (_, n) => n + 1));
});

both('a transaction runs as one, and not when a watched key changed', async ({ connect }) => {
  const [client, other] = [await connect(), await connect()];
  assert.deepEqual(await client.multi().set('a', '1').incr('a').exec(), ['OK', 2]);
  await client.watch('a');
  await other.set('a', '9');
  await assert.rejects(client.multi().set('a', '0').exec(), WatchError);
  assert.equal(await client.get('a'), '9');
});

both('a message reaches its subscriber', async ({ connect }) => {
  const [subscriber, publisher] = [await connect(), await connect()];
  const message = new Promise((resolve) => {
    subscriber.subscribe('news', (text, channel) => resolve([channel, text]));
  });
  await waitUntil(async () => (await publisher.publish('news', 'hello')) === 1);
  assert.deepEqual(await message, ['news', 'hello']);
});

both('lists and sets keep what they are given', async ({ connect }) => {
  const client = await connect();
  assert.equal(await client.rPush('list', ['a', 'b', 'c']), 3);
  assert.deepEqual(await client.lRange('list', 0, -1), ['a', 'b', 'c']);
  assert.equal(await client.lPop('list'), 'a');
  assert.equal(await client.sAdd('set', ['x', 'y', 'x']), 2);
  assert.deepEqual((await client.sMembers('set')).sort(), ['x', 'y']);
});

both('a waiting client gets the element that comes', async ({ connect }) => {
  const [waiting, pushing] = [await connect(), await connect()];
  const job = waiting.blPop('queue', 20);
  await waitUntil(async () => (await pushing.info('clients')).includes('blocked_clients:1'));
  await pushing.rPush('queue', 'work');
  assert.deepEqual({ ...(await job) }, { key: 'queue', element: 'work' });
});

both('every key is scanned once', async ({ connect }) => {
  const client = await connect();
  const names = Array.from({ length: 3000 }, (_, n) => `key:${n}`);
  await client.mSet(names.map((name) => [name, 'x']));
  const seen = [];
  for await (const keys of client.scanIterator({ COUNT: 100 })) seen.push(...keys);
  assert.deepEqual(seen.sort(), names.sort());
});

both('an error is an error with the words of the server', async ({ connect }) => {
  const client = await connect();
  await client.set('a', 'words');
  await assert.rejects(client.incr('a'), /not an integer or out of range/);
  await assert.rejects(client.lPush('a', 'x'), /WRONGTYPE/);
});
