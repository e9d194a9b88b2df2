// A web application keeps what a slow origin returned: the first request for an article asks
// the origin, the next ones do not.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { waitUntil, withServer } from './server.mjs';

const TTL_S = 60;

/** The application: `/articles/ID` from the cache, else from the origin. */
function application(cache, origin) {
  return http.createServer(async (request, response) => {
    const id = request.url.split('/').pop();
    const key = `article:${id}`;
    let body = await cache.get(key);
    response.setHeader('x-cache', body === null ? 'miss' : 'hit');
    if (body === null) {
      body = JSON.stringify(await origin(id));
      await cache.set(key, body, { expiration: { type: 'EX', value: TTL_S } });
    }
    response.setHeader('content-type', 'application/json').end(body);
  });
}

async function withApplication(test) {
  await withServer(async ({ connect }) => {
    const cache = await connect();
    const asked = [];
    const origin = async (id) => (asked.push(id), { id, title: `Artikel № ${id}` });
    const server = application(cache, origin).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `http://127.0.0.1:${server.address().port}`;
    const read = async (id) => {
      const response = await fetch(`${address}/articles/${id}`);
      return { cache: response.headers.get('x-cache'), article: await response.json() };
    };
    try {
      await test({ cache, asked, read });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
}

test('the origin is asked once for each article', () =>
  withApplication(async ({ cache, asked, read }) => {
    const first = await read('7');
    const second = await read('7');
    assert.deepEqual([first.cache, second.cache], ['miss', 'hit']);
    assert.deepEqual(second.article, { id: '7', title: 'Artikel № 7' });
    assert.deepEqual(first.article, second.article);
    assert.deepEqual(asked, ['7']);
    const ttl = await cache.ttl('article:7');
    assert.ok(ttl > 0 && ttl <= TTL_S);
  }));

test('an article that expired is asked for again', () =>
  withApplication(async ({ cache, asked, read }) => {
    await read('7');
    await cache.pExpire('article:7', 1);
    await waitUntil(async () => (await cache.get('article:7')) === null);
    assert.equal((await read('7')).cache, 'miss');
    assert.deepEqual(asked, ['7', '7']);
  }));

test('many readers at a time get the right articles', () =>
  withApplication(async ({ read }) => {
    const ids = Array.from({ length: 300 }, (_, n) => String(n % 30));
    const answers = await Promise.all(ids.map(read));
    assert.deepEqual(answers.map(({ article }) => article.id), ids);
  }));
