// @grpc/grpc-js, with its trace, against servers that fail.

import grpc from '@grpc/grpc-js';
import net from 'node:net';
import { attempt, authority, begin } from './scene.mjs';

const identity = (bytes) => bytes;
const ADDRESS = '10.30.0.7:50081';
const FAILURES = {
  unavailable: [grpc.status.UNAVAILABLE, 'backend is draining'], exhausted: [grpc.status.RESOURCE_EXHAUSTED, 'quota exceeded, try again later'], unauthenticated: [grpc.status.UNAUTHENTICATED, 'token expired'],
  denied: [grpc.status.PERMISSION_DENIED, 'caller may not read carts'], internal: [grpc.status.INTERNAL, 'nil pointer in pricing'], missing: [grpc.status.NOT_FOUND, 'no such cart'],
  deadline: [grpc.status.DEADLINE_EXCEEDED, 'inventory did not answer within 200ms'], aborted: [grpc.status.ABORTED, 'concurrent update of cart 42'],
};

function serve() {
  const server = new grpc.Server();
  const handlers = {};
  const service = {};
  for (const [name, [code, details]] of Object.entries({ ...FAILURES, silent: [] })) {
    service[name] = { path: `/cart.Cart/${name}`, requestStream: false, responseStream: false, requestSerialize: identity, requestDeserialize: identity, responseSerialize: identity, responseDeserialize: identity };
    handlers[name] = (call, done) => code && done({ code, details });
  }
  server.addService(service, handlers);
  return new Promise((done, fail) => server.bindAsync(ADDRESS, grpc.ServerCredentials.createInsecure(), (error) => (error ? fail(error) : done(server))));
}

function call(target, method, limit = 400, credentials = grpc.credentials.createInsecure()) {
  const client = new grpc.Client(target, credentials);
  return new Promise((done, fail) => {
    const pending = client.makeUnaryRequest(`/cart.Cart/${method}`, identity, identity, Buffer.alloc(0), { deadline: Date.now() + limit }, (error, answer) => {
      client.close();
      if (error) fail(error);
      else done(answer);
    });
    if (method === 'cancelled') setTimeout(() => pending.cancel(), 50);
  });
}

const report = (target) => (error) => console.error(`${new Date().toISOString()} WARN rpc to ${target}: ${error.message}`);

const server = await serve();
console.log(`cart service listening on ${ADDRESS}, keepalive timeout 20000 ms, max connection age 300 s`);
for (const method of [...Object.keys(FAILURES), 'silent', 'unknown', 'cancelled']) {
  const path = method === 'cancelled' ? 'silent' : method;
  await attempt(method, () => (method === 'cancelled' ? cancelled() : call('users-api.example.com:50081', path)), report('users-api.example.com:50081'));
}
for (const target of ['users-api.example.com:50082', 'legacy.internal:50051', 'nas.internal:50051', 'cart.invalid:50051', 'broker.internal:7000', 'broker.internal:6394', 'broker.internal:7002', 'inventory.internal:8080']) {
  await attempt(`target-${target}`, () => call(target, 'silent'), report(target));
}
for (const host of ['login.partner.example', 'wiki.corp.example', 'shop.example.com', 'edge3.example.net', 'inventory.internal', 'edge.example.net']) {
  await attempt(`tls-${host}`, () => call(`${host}:443`, 'silent', 600, grpc.credentials.createSsl(authority)), report(host));
}
await attempt('printed', () => call('users-api.example.com:50082', 'silent'), (error) => console.error(error));
begin('in-use');
const second = new grpc.Server();
const holder = net.createServer().listen(50083, '127.0.0.1');
await new Promise((done) => second.bindAsync('127.0.0.1:50083', grpc.ServerCredentials.createInsecure(), (error) => done(console.error(`cannot serve: ${error && error.message}`))));
holder.close();
server.forceShutdown();
begin('end');
console.log('all 12 calls done, 0 deadline exceeded, 0 unavailable');
process.exit(0);

function cancelled() {
  const client = new grpc.Client('users-api.example.com:50081', grpc.credentials.createInsecure());
  return new Promise((_, fail) => {
    const pending = client.makeUnaryRequest('/cart.Cart/silent', identity, identity, Buffer.alloc(0), {}, fail);
    setTimeout(() => pending.cancel(), 50);
  });
}
