// A server for each test, started from the binary that BASALT_SERVER names.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'redis';

const LIMIT_MS = 20_000;

/** Polls until the condition holds and returns what it returned. */
export async function waitUntil(condition) {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (Date.now() > deadline) throw new Error('the condition did not come true');
    await pause(5);
  }
}

/**
 * Runs `test` with a server of its own: `{ port, connect }`. Clients made by `connect` are
 * closed at the end, whatever happened.
 */
export async function withServer(test) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'interop-'));
  const port = await freePort();
  const options = ['--port', String(port), '--dir', folder, '--save', ''];
  const server = spawn(process.env.BASALT_SERVER, options, { stdio: 'ignore' });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const clients = [];
  const connect = async (more = {}) => {
    const client = createClient({ socket: { port, host: '127.0.0.1' }, ...more });
    client.on('error', () => {}); // a command that fails says so itself
    clients.push(client);
    return client.connect();
  };
  try {
    await waitUntil(() => server.exitCode !== null || answers(port));
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
    await test({ port, connect });
    if (server.exitCode !== null) throw new Error('the server died during the test');
  } finally {
    for (const client of clients) if (client.isOpen) client.destroy();
    server.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function answers(port) {
  return new Promise((resolve) => {
    const probe = net.connect(port, '127.0.0.1', () => probe.write('PING\r\n'));
    probe.once('data', (data) => (probe.destroy(), resolve(data.toString() === '+PONG\r\n')));
    probe.once('error', () => resolve(false));
    probe.once('close', () => resolve(false));
  });
}
