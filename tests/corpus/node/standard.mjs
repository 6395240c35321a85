// What Node itself says: http, https, fetch, net, tls, dns; logged by console and as JSON by hand.

import dgram from 'node:dgram';
import dns from 'node:dns/promises';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { HTTP, attempt, authority, begin, wait, within } from './scene.mjs';

const say = (level, ...rest) => console.log(`[${new Date().toISOString()}] ${level}`, ...rest);

function get(url, limit = 500) {
  const { get: ask } = url.startsWith('https') ? https : http;
  return new Promise((resolve, reject) => {
    const request = ask(url, { ca: authority, timeout: limit, agent: false }, (answer) => {
      answer.on('data', () => {});
      answer.on('error', reject);
      answer.on('end', () => (answer.statusCode < 300 ? resolve(answer) : reject(new Error(`Request failed. Status code: ${answer.statusCode} for ${url}`))));
    });
    request.on('timeout', () => request.destroy(new Error(`no activity on socket for ${limit} ms`)));
    request.on('error', reject);
  });
}

function connected(socket, event = 'connect') {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve(socket));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed before it was ready')));
  }).finally(() => socket.destroy());
}

async function requests() {
  let index = 0;
  for (const [name, url] of Object.entries(HTTP)) {
    const report = [
      (error) => say('ERROR', `GET ${url} failed:`, error.message),
      (error) => console.error('stock lookup failed', error),
      (error) => console.error(JSON.stringify({ level: 'error', ts: Date.now(), msg: 'upstream call failed', code: error.code, err: error.message })),
    ][index++ % 3];
    await attempt(name, async () => {
      await get(url);
      say('INFO', `GET ${url} 200, timeout was 500 ms, retries used: 0`);
    }, report);
  }
}

async function fetches() {
  for (const [name, url] of Object.entries(HTTP)) {
    await attempt(`fetch-${name}`, async () => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(500) });
      await answer.text();
      if (!answer.ok) throw new Error(`HTTP ${answer.status} ${answer.statusText} (${url})`);
    }, (error) => say('WARN', `fetch of ${new URL(url, 'http://x').host}:`, String(error), error.cause ? `cause: ${error.cause.message || error.cause.code}` : ''));
  }
  await attempt('fetch-printed', () => fetch(HTTP.refused), (error) => console.error(error));
  await attempt('fetch-aborted', () => within(1000, fetch(HTTP['response-timeout'], { signal: aborted(50) })), (error) => say('WARN', `stock lookup abandoned: ${error}`));
}

function aborted(after) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), after);
  return controller.signal;
}

async function sockets() {
  const report = (what) => (error) => say('ERROR', `${what}: ${error.message}`);
  await attempt('net-refused', () => connected(net.connect(6399, 'redis.internal')), report('cache probe'));
  await attempt('net-unreachable', () => connected(net.connect(445, 'nas.internal')), report('share probe'));
  await attempt('net-reset', async () => {
    const socket = net.connect(6394, 'broker.internal', () => socket.write('PING\r\n'));
    await connected(socket, 'data');
  }, report('heartbeat lost'));
  await attempt('net-write', () => new Promise((_, reject) => {
    const socket = net.connect(7000, 'broker.internal', () => {
      const beat = setInterval(() => socket.write('PING\r\n'), 30);
      socket.on('close', () => clearInterval(beat));
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('heartbeat connection closed')));
  }), report('heartbeat lost'));
  await attempt('net-unix', () => connected(net.connect('/run/agent.sock')), report('trace agent'));
  await attempt('net-in-use', () => listening(9100), report('metrics endpoint'));
  await attempt('net-not-available', () => bound(9100, '192.0.2.7'), report('metrics endpoint'));
  await attempt('net-denied', () => connected(net.connect(0, 'inventory.internal')), report('probe of port 0'));
  for (const name of ['expired', 'self-signed', 'name', 'tls-eof', 'tls-alert', 'tls-plain', 'old']) {
    const { hostname } = new URL(HTTP[name]);
    await attempt(`raw-${name}`, () => connected(tls.connect({ host: hostname, port: 443, servername: hostname, ca: authority }), 'secureConnect'), report(`probe of ${hostname}`));
  }
  await attempt('happy-eyeballs', () => connected(net.connect({ host: 'legacy.internal', port: 81, autoSelectFamily: true, lookup: two })), (error) => console.error(error));
  await attempt('http2-refused', () => connected(http2.connect('http://inventory.internal:8081')), report('push channel'));
  await attempt('http2-http1', () => connected(http2.connect('http://inventory.internal:8080').on('connect', function () { this.request(); })), report('push channel'));
  await attempt('dgram', () => new Promise((_, reject) => dgram.createSocket('udp4').send('x', 514, 'nas.internal', (error) => error && reject(error))), report('syslog'));
}

/** A lookup that answers with two addresses, so that Node tries both. */
function two(_, options, done) {
  done(null, [{ address: '10.30.0.7', family: 4 }, { address: '10.30.1.8', family: 4 }]);
}

function bound(port, address) {
  return new Promise((_, reject) => net.createServer().on('error', reject).listen(port, address));
}

function listening(port) {
  return new Promise((_, reject) => {
    const first = net.createServer().listen(port, '127.0.0.1', () => bound(port, '127.0.0.1').catch((error) => first.close(() => reject(error))));
  });
}

async function names() {
  const resolver = new dns.Resolver({ timeout: 200, tries: 1 });
  const report = (error) => say('ERROR', `dns: ${error.message}`);
  await attempt('dns-nxdomain', () => resolver.resolve4('printer.invalid'), report);
  await attempt('dns-servfail', () => resolver.resolve4('hooks.broken-zone.example'), report);
  await attempt('dns-silent', () => resolver.resolve4('tracker.slow-zone.example'), report);
  await attempt('dns-nodata', () => resolver.resolve4('mx-only.example.com'), report);
  await attempt('dns-srv', () => resolver.resolveSrv('_mongodb._tcp.cluster0.invalid'), report);
  await attempt('dns-refused', () => {
    resolver.setServers(['127.0.0.99']);
    return resolver.resolve4('db.internal');
  }, report);
  await attempt('lookup', () => dns.lookup('printer.invalid'), (error) => console.error(error));
}

async function retries() {
  for (const [name, url, most] of [['refused', HTTP.refused, 3], ['503', HTTP[503], 3], ['silent', HTTP['response-timeout'], 2], ['flaky', 'http://catalog.shop.example:8080/v1/flaky', 5]]) {
    begin(`retry-${name}`);
    for (let tries = 1; tries <= most; tries++) {
      try {
        await get(url, 300);
        say('INFO', `catalogue reachable again after ${tries} attempts`);
        break;
      } catch (error) {
        say('WARN', `attempt ${tries} of ${most} failed, retrying in ${50 * tries}ms: ${error.message}`);
        if (tries === most) say('ERROR', `giving up on ${url} after ${most} attempts`);
      }
      await wait(20);
    }
  }
}

async function uncaught() {
  begin('uncaught');
  process.on('warning', () => {});
  const { spawnSync } = await import('node:child_process');
  for (const program of ["require('net').connect(6399, 'redis.internal')", "fetch('http://inventory.internal:8081/v1/stock')", "require('http').get('http://payments.internal:8080/v1/eof')",
    "new Buffer(8); setTimeout(() => console.log('worker 3 done, 0 errors, 12 timeouts avoided'), 10)"]) {
    spawnSync(process.execPath, ['-e', program], { stdio: 'inherit' });
  }
}

say('INFO', 'checkout starting, inventory=http://inventory.internal:8080 timeout=500ms retries=3');
say('INFO', 'connection pool: max 10, idle timeout 30000 ms, connect timeout 5000 ms, keep-alive on');
await requests();
await fetches();
await sockets();
await names();
await retries();
await uncaught();
say('INFO', 'shutting down: 48 requests, 0 errors, 0 timeouts, 2 retries');
process.exit(0);
