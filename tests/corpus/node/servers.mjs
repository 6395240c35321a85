// express with morgan, and fastify with pino: mostly healthy, with a gateway that fails.

import express from 'express';
import fastify from 'fastify';
import morgan from 'morgan';
import http from 'node:http';
import { begin, wait } from './scene.mjs';

async function ask(url, options) {
  try {
    await (await fetch(url, options)).text();
  } catch {
    // What the server logs is what counts.
  }
}

async function withExpress() {
  begin('express');
  const application = express();
  application.set('env', 'production');
  application.use(morgan('combined'));
  application.use(morgan('dev'));
  application.use(morgan(':method :url :status :res[content-length] - :response-time ms timeout=30000 retries=0'));
  application.get('/health', (_, answer) => answer.send('ok'));
  application.get('/orders/timeout-policy', (_, answer) => answer.json({ timeout: 500 }));
  application.get('/cached', (_, answer) => answer.status(304).end());
  application.post('/errors/report', (_, answer) => answer.status(204).end());
  application.get('/old', (_, answer) => answer.redirect('/health'));
  application.get('/stock', async (_, answer) => {
    await fetch('http://inventory.internal:8081/v1/stock');
    answer.send('ok');
  });
  const server = application.listen(3000, '127.0.0.1', () => console.log('Server listening on http://127.0.0.1:3000, keepAliveTimeout 5000, requestTimeout 300000'));
  await wait(50);
  for (const path of ['/health', '/orders/timeout-policy', '/cached', '/old', '/missing', '/stock', '/connection-refused.html', '/health?probe=timeout']) await ask(`http://127.0.0.1:3000${path}`);
  await ask('http://127.0.0.1:3000/errors/report', { method: 'POST' });
  server.close();
}

async function withFastify() {
  begin('fastify');
  const application = fastify({ logger: { level: 'trace' }, connectionTimeout: 5000, requestTimeout: 3000 });
  application.get('/health', async () => ({ ok: true, errors: 0 }));
  application.get('/stock', async () => {
    const answer = await fetch('http://inventory.internal:8081/v1/stock');
    return answer.text();
  });
  application.get('/users', async () => {
    const answer = await fetch('http://users-api.example.com:8080/v1/503');
    if (!answer.ok) throw Object.assign(new Error(`${answer.url} answered ${answer.status}`), { statusCode: 502 });
  });
  application.get('/broken', async () => null.length);
  await application.listen({ port: 3001, host: '127.0.0.1' });
  for (const path of ['/health', '/stock', '/users', '/broken', '/missing']) await ask(`http://127.0.0.1:3001${path}`);
  begin('fastify-in-use');
  await fastify({ logger: true }).listen({ port: 3001, host: '127.0.0.1' }).catch(() => {});
  await application.close();
}

async function plainServer() {
  begin('client-errors');
  const server = http.createServer((_, answer) => answer.end('ok')).listen(3002, '127.0.0.1');
  server.on('clientError', (error, socket) => {
    console.error(`client error from ${socket.remoteAddress}: ${error.code} ${error.message}`);
    socket.destroy();
  });
  const { connect } = await import('node:net');
  for (const bytes of ['\x16\x03\x01\x00\xa5\x01\x00', 'GET / HTTP/9.9\r\n\r\n']) {
    const socket = connect(3002, '127.0.0.1');
    socket.on('error', () => {});
    socket.end(bytes);
    await wait(100);
  }
  server.close();
}

await withExpress();
await withFastify();
await plainServer();
process.exit(0);
