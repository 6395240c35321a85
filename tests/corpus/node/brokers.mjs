// amqplib, nats, ws and nodemailer, logged by console and pino.

import amqp from 'amqplib';
import { connect as nats } from 'nats';
import { createTransport } from 'nodemailer';
import pino from 'pino';
import WebSocket from 'ws';
import { attempt, begin, wait, within } from './scene.mjs';

const log = pino({ name: 'mailer', timestamp: pino.stdTimeFunctions.isoTime });
const say = (text) => console.log(`${new Date().toISOString().slice(11, 23)} mailer ${text}`);

const AMQP = {
  refused: 'mq.internal:5670', timeout: 'legacy.internal', nxdomain: 'mq.invalid', unreachable: 'nas.internal', login: 'mq.internal:5672', vhost: 'mq.internal:5673', forced: 'mq.internal:5674',
  version: 'mq.internal:5675', eof: 'mq.internal:5676', silent: 'mq.internal:5677', reset: 'broker.internal:6394', http: 'inventory.internal:8080',
};

async function queues() {
  for (const [name, at] of Object.entries(AMQP)) {
    await attempt(`amqp-${name}`, async () => {
      const connection = await within(1200, amqp.connect(`amqp://shop:x@${at}/shop`, { timeout: 400 }));
      connection.on('error', () => {});
      await connection.createChannel();
    }, (error) => log.error({ queue: 'mail', code: error.code }, `cannot consume: ${error.message || error}`));
  }
  begin('amqp-reconnect');
  for (let tries = 1; tries <= 3; tries++) {
    await amqp.connect('amqp://mq.internal:5670').catch((error) => say(`[amqp] reconnect ${tries}/5 in ${tries * 1000}ms (${error.message || error.code})`));
  }
}

async function subjects() {
  for (const [name, servers] of [['refused', 'nats.internal:4229'], ['nxdomain', 'nats.invalid:4222'], ['authorization', 'nats.internal:4223'], ['full', 'nats.internal:4224'], ['eof', 'nats.internal:4225'], ['silent', 'nats.internal:4226'], ['timeout', 'legacy.internal:4222']]) {
    await attempt(`nats-${name}`, () => nats({ servers, timeout: 400, maxReconnectAttempts: 1, reconnectTimeWait: 50 }), (error) => say(`nats ${servers}: ${error.code}: ${error.message}`));
  }
}

async function sockets() {
  for (const [name, url] of [['refused', 'ws://ws.example.com:8081/feed'], ['nxdomain', 'wss://feed.invalid/v1'], ['timeout', 'ws://legacy.internal/feed'], ['200', 'ws://ws.example.com:8080/feed'], ['401', 'ws://ws.example.com:8080/401'],
    ['429', 'ws://ws.example.com:8080/429'], ['503', 'ws://ws.example.com:8080/503'], ['eof', 'ws://ws.example.com:8080/eof'], ['reset', 'ws://ws.example.com:8080/reset'], ['garbage', 'ws://ws.example.com:8080/garbage'],
    ['self-signed', 'wss://wiki.corp.example/feed'], ['plain', 'wss://inventory.internal/feed']]) {
    begin(`ws-${name}`);
    const socket = new WebSocket(url, { handshakeTimeout: 400 });
    await new Promise((done) => {
      socket.on('error', (error) => log.warn({ url }, `price feed: ${error.message}`));
      socket.on('close', (code, reason) => { say(`price feed closed: code=${code} reason=${reason || '-'}`); done(); });
    });
  }
}

async function mails() {
  for (const [name, port, host] of [['refused', 2524], ['421', 2525], ['554', 2526], ['silent', 2527], ['login', 2528], ['eof', 7000], ['nxdomain', 25, 'smtp.invalid'], ['timeout', 25, 'legacy.internal'], ['unreachable', 25, 'nas.internal']]) {
    const transport = createTransport({ host: host || 'mail.internal', port, connectionTimeout: 400, greetingTimeout: 400, socketTimeout: 600, auth: name === 'login' ? { user: 'shop', pass: 'x' } : undefined });
    await attempt(`smtp-${name}`, () => transport.sendMail({ from: 'shop@example.com', to: 'customer@example.com', text: 'hello' }), (error) => log.error({ code: error.code, command: error.command, responseCode: error.responseCode }, `mail not sent: ${error.message}`));
  }
}

process.on('unhandledRejection', () => {});
say('mailer starting: amqp heartbeat 60s, prefetch 20, reconnect up to 5 times, smtp timeout 400ms');
await queues();
await subjects();
await sockets();
await mails();
begin('end');
log.info({ sent: 48, failed: 0, retried: 2, timeouts: 0 }, 'queue drained');
say('[amqp] connected to mq.internal:5672, heartbeat timeout 60');
say('[amqp] connection restored after 3 attempts');
await wait(10);
process.exit(0);
