// ioredis, redis, mongodb and elasticsearch, logged by pino and winston.

import { Client } from '@elastic/elasticsearch';
import Redis from 'ioredis';
import { MongoClient } from 'mongodb';
import pino from 'pino';
import { createClient } from 'redis';
import winston from 'winston';
import { attempt, begin, wait } from './scene.mjs';

const log = pino({ base: { app: 'cart' }, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) } });
const win = winston.createLogger({ format: winston.format.combine(winston.format.timestamp({ format: 'YYYY-MM-DD HH:mm:ss,SSS' }), winston.format.printf((it) => `${it.timestamp} ${it.level.toUpperCase()} [cart.cache] ${it.message}`)), transports: [new winston.transports.Console()] });

const REDIS = {
  refused: ['redis.internal', 6399], timeout: ['legacy.internal', 6379], unreachable: ['nas.internal', 6379], nxdomain: ['cache.invalid', 6379],
  loading: ['redis.internal', 6380], noauth: ['redis.internal', 6381], wrongpass: ['redis.internal', 6382], readonly: ['redis.internal', 6383],
  oom: ['redis.internal', 6384], misconf: ['redis.internal', 6385], clusterdown: ['redis.internal', 6386], masterdown: ['redis.internal', 6387],
  clients: ['redis.internal', 6388], noperm: ['redis.internal', 6389], busy: ['redis.internal', 6390], wrongtype: ['redis.internal', 6391],
  silent: ['redis.internal', 6393],
};

// What these two do is a race between a write and a read with ioredis.
const REDIS_TOO = { eof: ['redis.internal', 6392], reset: ['redis.internal', 6394] };

async function ioredis() {
  for (const [name, [host, port]] of Object.entries(REDIS)) {
    begin(`ioredis-${name}`);
    const settings = { host, port, connectTimeout: 300, commandTimeout: 400, maxRetriesPerRequest: 1, retryStrategy: (times) => (times > 2 ? null : 30), password: name === 'wrongpass' ? 'x' : undefined, lazyConnect: true };
    const client = new Redis(settings);
    client.on('error', (error) => win.error(`redis ${host}:${port} error event: ${error.message}`));
    client.on('reconnecting', (delay) => win.info(`reconnecting to ${host}:${port} in ${delay} ms`));
    try {
      await client.set('cart:42', 1);
    } catch (error) {
      log.error({ err: { name: error.name, message: error.message } }, 'cache write failed');
    }
    client.disconnect();
    await wait(50);
  }
  begin('ioredis-unhandled');
  const client = new Redis({ host: 'redis.internal', port: 6399, retryStrategy: () => null });
  await wait(100);
  client.disconnect();
}

async function nodeRedis() {
  for (const [name, [host, port]] of Object.entries({ ...REDIS, ...REDIS_TOO })) {
    const client = createClient({ socket: { host, port, connectTimeout: 300, reconnectStrategy: false }, password: name === 'wrongpass' ? 'x' : undefined });
    client.on('error', () => {});
    await attempt(`redis-${name}`, async () => {
      const limit = wait(500).then(() => { throw new Error('no answer from the cache within 500 ms'); });
      await Promise.race([client.connect().then(() => client.set('cart:42', '1')), limit]);
    }, (error) => log.warn(`cache: ${error.constructor.name}: ${error.message}`));
    try {
      client.destroy();
    } catch {
      // It was never open.
    }
  }
}

async function mongo() {
  for (const [name, url] of [['refused', 'mongodb://mongo-a.internal:27018/shop'], ['timeout', 'mongodb://legacy.internal/shop'], ['nxdomain', 'mongodb://mongo.invalid/shop'],
    ['eof', 'mongodb://mongo-a.internal:7000/shop'], ['unreachable', 'mongodb://nas.internal/shop'], ['srv', 'mongodb+srv://cluster0.invalid/shop'], ['tls', 'mongodb://wiki.corp.example:443/shop?tls=true']]) {
    await attempt(`mongo-${name}`, () => new MongoClient(url, { serverSelectionTimeoutMS: 600, connectTimeoutMS: 300 }).db().collection('carts').findOne(), (error) => (name === 'refused' ? console.error(error) : win.error(`${error.name}: ${error.message}`)));
  }
}

async function search() {
  for (const [name, node] of [['refused', 'http://search.internal:9201'], ['nxdomain', 'http://search.invalid:9200'], ['timeout', 'http://legacy.internal:9200'],
    ['silent', 'http://search.internal:8080/silent'], ['503', 'http://search.internal:8080/503'], ['429', 'http://search.internal:8080/429'], ['eof', 'http://search.internal:8080/eof'], ['self-signed', 'https://wiki.corp.example']]) {
    const client = new Client({ node, requestTimeout: 400, maxRetries: 1 });
    await attempt(`search-${name}`, () => client.search({ index: 'products' }), (error) => log.error({ index: 'products' }, `search failed: ${error.name}: ${error.message}`));
  }
}

process.on('unhandledRejection', () => {});
log.info({ host: 'redis.internal', port: 6379, connectTimeout: 300, maxRetriesPerRequest: 1 }, 'cache client configured');
await ioredis();
await nodeRedis();
await mongo();
await search();
begin('end');
win.info('cache warmed: 1250 keys, 0 errors, 312 ms');
win.info('redis connection ready after reconnect, offline queue flushed (0 commands failed)');
log.info({ hits: 9120, misses: 84, timeouts: 0, errors: 0 }, 'cache statistics');
process.exit(0);
