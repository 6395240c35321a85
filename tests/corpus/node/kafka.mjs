// kafkajs with its own logger.

import { Kafka, logLevel } from 'kafkajs';
import { begin, within } from './scene.mjs';

process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
for (const [name, broker] of Object.entries({
  refused: 'kafka-0.kafka.internal:9099', timeout: 'legacy.internal:9092', nxdomain: 'kafka.invalid:9092', unreachable: 'nas.internal:9092',
  eof: 'kafka-0.kafka.internal:9093', silent: 'kafka-0.kafka.internal:9094', reset: 'kafka-1.kafka.internal:9095', http: 'inventory.internal:8080', tls: 'wiki.corp.example:443',
})) {
  begin(name);
  const kafka = new Kafka({ clientId: 'invoices', brokers: [broker], ssl: name === 'tls', connectionTimeout: 400, requestTimeout: 400, retry: { retries: 2, initialRetryTime: 50, factor: 0 }, logLevel: logLevel.INFO });
  const producer = kafka.producer();
  try {
    await within(4000, producer.connect());
  } catch (error) {
    console.error(`${new Date().toISOString()} invoice 4711 not sent: ${error.name}: ${error.message}`);
  }
  await producer.disconnect();
}
begin('consumer');
const kafka = new Kafka({ clientId: 'billing', brokers: ['kafka-0.kafka.internal:9099', 'kafka-1.kafka.internal:9099'], retry: { retries: 1, initialRetryTime: 50, factor: 0 }, logLevel: logLevel.DEBUG });
const consumer = kafka.consumer({ groupId: 'billing', sessionTimeout: 30000 });
try {
  await consumer.connect();
} catch (error) {
  console.error(`${new Date().toISOString()} consumer could not start: ${error}`);
}
process.exit(0);
