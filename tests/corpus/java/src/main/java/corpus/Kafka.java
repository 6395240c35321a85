package corpus;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** kafka-clients, which logs by itself through logback. */
public final class Kafka {
    private static final Logger LOG = LoggerFactory.getLogger(Kafka.class);

    public static void main(String[] arguments) {
        for (String it : "refused=kafka-0.kafka.internal:9099 timeout=legacy.internal:9092 nxdomain=kafka.invalid:9092 unreachable=nas.internal:9092 eof=kafka-0.kafka.internal:9093 silent=kafka-0.kafka.internal:9094".split(" ")) {
            produce(it.split("=")[0], it.split("=")[1]);
        }
        consume();
        Scene.begin("end");
        LOG.info("committed offsets of 3 partitions, 0 errors, next rebalance timeout in 300000 ms");
        System.exit(0);
    }

    private static void produce(String name, String broker) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", broker);
        settings.put("client.id", "invoices");
        settings.put("key.serializer", StringSerializer.class);
        settings.put("value.serializer", StringSerializer.class);
        settings.put("max.block.ms", 900);
        settings.put("request.timeout.ms", 400);
        settings.put("delivery.timeout.ms", 800);
        settings.put("socket.connection.setup.timeout.ms", 300);
        settings.put("reconnect.backoff.ms", 400);
        settings.put("enable.metrics.push", false);
        Scene.attempt(name, () -> {
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
                return producer.send(new ProducerRecord<>("invoices", "4711", "{}")).get(2, TimeUnit.SECONDS);
            }
        }, error -> LOG.error("invoice 4711 not sent: {}", Scene.chain(error)));
    }

    private static void consume() {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", "kafka-0.kafka.internal:9099");
        settings.put("group.id", "billing");
        settings.put("key.deserializer", StringDeserializer.class);
        settings.put("value.deserializer", StringDeserializer.class);
        settings.put("reconnect.backoff.ms", 300);
        settings.put("default.api.timeout.ms", 700);
        settings.put("request.timeout.ms", 400);
        settings.put("enable.metrics.push", false);
        Scene.attempt("consumer", () -> {
            try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
                consumer.subscribe(List.of("mail"));
                consumer.poll(Duration.ofMillis(500));
                return consumer.listTopics(Duration.ofMillis(500));
            }
        }, error -> LOG.error("consumer could not start: {}", error.toString()));
    }
}
