// axios, got, undici, node-fetch, superagent; logged by winston, bunyan, log4js, consola.

import retry from 'async-retry';
import axios from 'axios';
import bunyan from 'bunyan';
import { createConsola } from 'consola';
import got from 'got';
import https from 'node:https';
import log4js from 'log4js';
import fetch from 'node-fetch';
import pRetry from 'p-retry';
import superagent from 'superagent';
import { Agent, ProxyAgent, request } from 'undici';
import winston from 'winston';
import { HTTP, attempt, authority, begin } from './scene.mjs';

const { combine, timestamp, printf, json, errors } = winston.format;
const simple = winston.createLogger({
  level: 'debug',
  format: combine(timestamp(), printf((it) => `${it.timestamp} [${it.service}] ${it.level}: ${it.message}`)),
  defaultMeta: { service: 'checkout' },
  transports: [new winston.transports.Console()],
});
const structured = winston.createLogger({ format: combine(timestamp(), errors(), json()), transports: [new winston.transports.Console()] });
const bun = bunyan.createLogger({ name: 'recommender', level: 'debug', stream: process.stdout });
log4js.configure({
  appenders: { out: { type: 'stdout', layout: { type: 'pattern', pattern: '[%d] [%p] %c - %m' } } },
  categories: { default: { appenders: ['out'], level: 'debug' } },
});
const four = log4js.getLogger('billing');
const con = createConsola({ fancy: false, formatOptions: { date: false }, stdout: process.stdout, stderr: process.stdout });

const every = Object.entries(HTTP);

async function withAxios() {
  const client = axios.create({ timeout: 500, httpsAgent: new https.Agent({ ca: authority }), maxRedirects: 3, proxy: false });
  for (const [index, [name, url]] of every.entries()) {
    await attempt(`axios-${name}`, async () => {
      const answer = await client.get(url);
      structured.info('upstream answered', { url, status: answer.status, timeout_ms: 500, errors: 0 });
    }, (error) => {
      if (index % 2) simple.error(`GET ${url} failed: ${error.message}`);
      else structured.error({ message: 'upstream call failed', code: error.code, error: String(error), url: error.config?.url });
    });
  }
  await attempt('axios-printed', () => client.get(HTTP.refused), (error) => console.error(error.stack.split('\n')[0], '\n', { code: error.code, address: error.address, port: error.port }));
}

async function withGot() {
  const client = got.extend({ timeout: { connect: 200, request: 600, lookup: 300, secureConnect: 200, response: 300 }, retry: { limit: 0 }, https: { certificateAuthority: authority } });
  for (const [name, url] of every) {
    await attempt(`got-${name}`, async () => {
      const answer = await client(url);
      four.info(`${url} answered ${answer.statusCode} in ${answer.timings.phases.total} ms (limit 600 ms)`);
    }, (error) => four.error(`${error.name}: ${error.message}`));
  }
  for (const [name, url] of [['refused', HTTP.refused], ['503', HTTP[503]], ['timeout', HTTP['response-timeout']]]) {
    const again = client.extend({
      retry: { limit: 2, calculateDelay: ({ computedValue }) => computedValue && 50 },
      hooks: { beforeRetry: [(error, count) => four.warn(`retry ${count}/2 of ${error.options.url.href} in 50 ms: ${error.code}: ${error.message}`)] },
    });
    await attempt(`got-retry-${name}`, () => again(url), (error) => four.error(`gave up on ${url}:`, error.message));
  }
}

async function withUndici() {
  const dispatcher = new Agent({ connect: { ca: authority, timeout: 300 }, headersTimeout: 300, bodyTimeout: 300, keepAliveTimeout: 10 });
  for (const [name, url] of every) {
    await attempt(`undici-${name}`, async () => {
      const { statusCode, body } = await request(url, { dispatcher });
      await body.text();
      if (statusCode >= 300) throw new Error(`Response status code ${statusCode}`);
      bun.info({ url, status: statusCode, retries: 0, headersTimeout: 300 }, 'recommendations loaded');
    }, (error) => bun.error({ err: { name: error.name, code: error.code, message: error.message }, peer: url.split('/')[2] }, 'recommendations missing'));
  }
  for (const proxy of ['http://broker.internal:3128', 'http://inventory.internal:8080', 'http://proxy.invalid:3128']) {
    const through = new ProxyAgent({ uri: proxy, connectTimeout: 300 });
    await attempt(`undici-proxy-${new URL(proxy).hostname}`, () => request('https://api.example.com/502/geo', { dispatcher: through }), (error) => bun.warn({ proxy }, `geo lookup skipped: ${error.message}`));
  }
}

async function withFetch() {
  for (const [name, url] of every.filter((_, index) => index % 2 === 0)) {
    await attempt(`node-fetch-${name}`, async () => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(400), follow: 4 });
      await answer.text();
      if (!answer.ok) throw Object.assign(new Error(`${url} answered ${answer.status} ${answer.statusText}`), { type: 'status' });
      con.success(`${url} ${answer.status}`);
    }, (error) => con.error(`${error.name} [${error.type}] ${error.message}`));
  }
}

async function withSuperagent() {
  for (const [name, url] of every.filter((_, index) => index % 2 === 1)) {
    await attempt(`superagent-${name}`, () => superagent.get(url).timeout({ response: 300, deadline: 500 }), (error) => con.warn(`price feed: ${error.message}`, error.status ? `(status ${error.status})` : ''));
  }
}

async function withRetries() {
  const client = axios.create({ timeout: 200, proxy: false });
  for (const [name, url] of [['refused', HTTP.refused], ['timeout', HTTP['response-timeout']], ['429', HTTP[429]], ['nxdomain', HTTP.nxdomain], ['flaky', 'http://catalog.shop.example:8080/v1/flaky']]) {
    await attempt(`p-retry-${name}`, () => pRetry(() => client.get(url), {
      retries: 2, minTimeout: 20, maxTimeout: 20,
      onFailedAttempt: ({ error, attemptNumber, retriesLeft }) => simple.warn(`Attempt ${attemptNumber} failed. There are ${retriesLeft} retries left. ${error.message}`),
    }).then(() => simple.info('price sync recovered after 2 failed attempts')), (error) => simple.error(`price sync failed: ${error.message}`));
    await attempt(`async-retry-${name}`, () => retry(() => client.get(url), {
      retries: 2, minTimeout: 20, maxTimeout: 20,
      onRetry: (error, number) => structured.warn('retrying', { attempt: number, max_attempts: 3, url, error: error.message }),
    }).then(() => structured.info('stock sync recovered', { attempts: 3, error: null })), (error) => structured.error('stock sync failed', { attempts: 3, url, error: error.message }));
  }
}

function settings() {
  begin('settings');
  simple.info('http client ready: connect timeout 200ms, request timeout 600ms, retry limit 2 on ECONNREFUSED, ETIMEDOUT and 503');
  simple.debug('circuit breaker closed (errorThresholdPercentage=50, timeout=3000, resetTimeout=30000)');
  structured.info('configuration', { upstream: 'http://inventory.internal:8080', timeout: 500, retries: 3, backoff: 'exponential', failOnError: false });
  bun.debug({ retry: { limit: 2, statusCodes: [408, 413, 429, 500, 502, 503, 504], errorCodes: ['ETIMEDOUT', 'ECONNRESET', 'ECONNREFUSED', 'ENOTFOUND'] } }, 'retry policy');
  bun.info({ requests: 1204, errors: 0, timeouts: 0, retries: 3, p99_ms: 41 }, 'statistics of the last minute');
  four.info('connection to inventory.internal:8080 is healthy again, error count reset to 0');
  four.debug('keep-alive agent: 4 sockets free, 0 pending, socket timeout 30000 ms');
  con.info('0 failed, 12 passed, 1 skipped (timeout 5000 ms)');
  con.ready('Listening on http://0.0.0.0:3000 (request timeout 30s)');
}

settings();
await withAxios();
await withGot();
await withUndici();
await withFetch();
await withSuperagent();
await withRetries();
process.exit(0);
