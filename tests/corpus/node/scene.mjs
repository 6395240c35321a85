// Marks scenarios in a program's output, and has what several programs need.

import fs from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

export { wait };

export const authority = fs.readFileSync(process.env.CORPUS_CA);

/** Names the scenario of the lines that follow. */
export function begin(name) {
  fs.writeSync(1, `@@ ${name}\n`);
}

/** Begins the scenario, and hands the error of the action to `report`. */
export async function attempt(name, action, report) {
  begin(name);
  try {
    return await action();
  } catch (error) {
    report(error);
  }
  await wait(20);
}

/** Rejects when the limit has passed before the promise is settled. */
export function within(limit, promise) {
  const signal = AbortSignal.timeout(limit);
  return Promise.race([promise, new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))]);
}

/** A case for every way in which an HTTP call fails. */
export const HTTP = {
  refused: 'http://inventory.internal:8081/v1/stock/42',
  'connect-timeout': 'http://legacy.internal/export.csv',
  unreachable: 'http://nas.internal:5000/share',
  'no-route': 'https://cdn.example.com/lib/app.js',
  nxdomain: 'https://checkout.shop.invalid/health',
  servfail: 'https://hooks.broken-zone.example/in',
  'silent-resolver': 'https://tracker.slow-zone.example/pixel',
  nodata: 'http://mx-only.example.com/',
  'response-timeout': 'http://inventory.internal:8080/v1/silent',
  'body-timeout': 'http://files.example.org:8080/v1/slow-body',
  eof: 'http://payments.internal:8080/v1/eof',
  reset: 'http://payments.internal:8080/v1/reset',
  truncated: 'http://files.example.org:8080/v1/truncated',
  'chunk-cut': 'http://files.example.org:8080/v1/chunk-cut',
  'bad-chunk': 'http://files.example.org:8080/v1/bad-chunk',
  'reset-in-body': 'http://files.example.org:8080/v1/reset-in-body',
  loop: 'http://users-api.example.com:8080/v1/loop',
  garbage: 'http://users-api.example.com:8080/v1/garbage',
  'bad-gzip': 'http://users-api.example.com:8080/v1/bad-gzip',
  401: 'http://users-api.example.com:8080/v1/401',
  403: 'http://users-api.example.com:8080/v1/403',
  404: 'http://users-api.example.com:8080/v1/404',
  429: 'http://users-api.example.com:8080/v1/429',
  500: 'http://users-api.example.com:8080/v1/500',
  502: 'http://users-api.example.com:8080/v1/502',
  503: 'http://users-api.example.com:8080/v1/503',
  504: 'http://users-api.example.com:8080/v1/504',
  expired: 'https://login.partner.example/oauth/token',
  'self-signed': 'https://wiki.corp.example/',
  name: 'https://shop.example.com/cart',
  unknown: 'https://artifacts.corp.example/maven2/',
  future: 'https://licence.vendor.example/check',
  'client-certificate': 'https://gateway.bank.example/transfer',
  old: 'https://old.vendor.example/feed',
  'tls-eof': 'https://edge.example.net/',
  'tls-silent': 'https://edge2.example.net/',
  'tls-alert': 'https://edge3.example.net/',
  'tls-plain': 'https://inventory.internal/',
  'plain-tls': 'http://api.example.com:443/',
  fine: 'https://api.example.com/v1/ok',
  'no-scheme': 'inventory.internal/v1/stock',
};
