// pg and mysql2, logged by pino.

import mysql from 'mysql2/promise';
import pg from 'pg';
import pino from 'pino';
import { attempt, begin, wait } from './scene.mjs';

const log = pino({ name: 'orders', level: 'debug' });
const plain = (what) => (error) => console.error(`${new Date().toISOString()} ERROR ${what}: ${error.message}`);

const POSTGRES = {
  refused: 'db.internal:5431/orders', timeout: 'db-replica.internal/orders', unreachable: 'nas.internal/orders', nxdomain: 'pg-main.invalid/orders',
  servfail: 'hooks.broken-zone.example/orders', eof: 'db.internal:5433/orders', reset: 'db.internal:5434/orders', silent: 'db.internal:5435/orders',
  http: 'inventory.internal:8080/orders', full: 'pg-main.internal/full', reserved: 'pg-main.internal/reserved', starting: 'pg-main.internal/starting',
  stopping: 'pg-main.internal/stopping', recovery: 'pg-main.internal/recovery', password: 'pg-main.internal/secret', hba: 'pg-main.internal/nohba',
  missing: 'pg-main.internal/missing', slow: 'pg-main.internal/slow', readonly: 'pg-main.internal/readonly', deadlock: 'pg-main.internal/deadlock',
  serial: 'pg-main.internal/serial', killed: 'pg-main.internal/killed', disk: 'pg-main.internal/disk', 'session-eof': 'db.internal/eof',
  'session-reset': 'db.internal/reset', 'session-silent': 'db.internal/silent', syntax: 'pg-main.internal/syntax', unique: 'pg-main.internal/unique',
};

const MYSQL = {
  refused: ['db.internal', 3305], timeout: ['db-replica.internal', 3306], unreachable: ['nas.internal', 3306], nxdomain: ['mysql.invalid', 3306],
  full: ['db.internal', 3306], blocked: ['db.internal', 3307], denied: ['db.internal', 3308], unknown: ['db.internal', 3309], eof: ['db.internal', 3310],
  silent: ['db.internal', 3311], shutdown: ['db.internal', 3312],
};

async function postgres() {
  let index = 0;
  for (const [name, at] of Object.entries(POSTGRES)) {
    const report = index++ % 2 ? plain('order update failed') : (err) => log.error({ err: { type: err.name, message: err.message, code: err.code }, host: at.split(/[:/]/)[0] }, 'query failed');
    await attempt(`pg-${name}`, async () => {
      const client = new pg.Client({ connectionString: `postgres://shop:x@${at}`, connectionTimeoutMillis: 400, query_timeout: 400 });
      const lost = new Promise((_, reject) => client.on('error', reject));
      await Promise.race([client.connect().then(() => client.query('UPDATE orders SET state = 2')), lost]);
    }, report);
  }
  await attempt('pg-pool', async () => {
    const pool = new pg.Pool({ connectionString: 'postgres://shop:x@db.internal/silent', max: 1, connectionTimeoutMillis: 200 });
    pool.on('error', () => {});
    await pool.connect();
    await pool.connect();
  }, plain('checkout'));
  await attempt('pg-no-tls', () => new pg.Client({ connectionString: 'postgres://shop:x@pg-main.internal/orders', ssl: true }).connect(), plain('report'));
  await attempt('pg-printed', () => new pg.Client({ connectionString: 'postgres://shop:x@db.internal:5431/orders' }).connect(), (error) => console.error(error));
  await attempt('pg-pino-error', () => new pg.Client({ connectionString: 'postgres://shop:x@db.internal:5431/orders' }).connect(), (error) => log.fatal(error));
}

async function mysqls() {
  for (const [name, [host, port]] of Object.entries(MYSQL)) {
    await attempt(`mysql-${name}`, async () => {
      const connection = await mysql.createConnection({ host, port, user: 'shop', password: 'x', database: 'orders', connectTimeout: 400 });
      await connection.query('SELECT 1');
    }, (error) => log.warn(`mysql ${host}:${port} ${error.code}: ${error.message || error.errors}`));
  }
  await attempt('mysql-options', () => mysql.createPool({ host: 'db.internal', port: 3305, timeout: 10, acquireTimeout: 100 }).query('SELECT 1'), plain('stock'));
}

async function retries() {
  begin('pg-wait-for');
  for (let tries = 1; tries <= 4; tries++) {
    const client = new pg.Client({ host: tries < 4 ? 'db.internal' : 'pg-main.internal', port: tries < 4 ? 5431 : 5432, user: 'shop', database: 'orders' });
    try {
      await client.connect();
      log.info({ attempt: tries, maxAttempts: 10 }, 'database connection established');
    } catch (err) {
      log.warn({ attempt: tries, maxAttempts: 10, retryInMs: 50, err: err.message }, 'database not reachable, retrying');
    }
    await wait(50);
  }
  log.debug('pool: total=10 idle=9 waiting=0 connectionTimeoutMillis=5000 idleTimeoutMillis=30000');
  log.info('statement_timeout set to 30s, lock_timeout 5s, idle_in_transaction_session_timeout 60s');
  log.info({ migrated: 14, failed: 0, took: '312ms' }, 'migrations done without errors');
}

log.info('connecting to postgres://pg-main.internal:5432/orders (timeout 400 ms, retry up to 10 times)');
await postgres();
await mysqls();
await retries();
process.exit(0);
