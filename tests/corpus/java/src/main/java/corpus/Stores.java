package corpus;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;

/** Jedis and Lettuce, logged by log4j2 as text and as JSON. */
public final class Stores {
    private static final Logger LOG = LogManager.getLogger("shop.cart.CartCache");
    private static final Logger JSON = LogManager.getLogger("cart.json");
    private static final Map<String, HostAndPort> REDIS = new LinkedHashMap<>();

    static {
        for (String it : ("refused=redis.internal:6399 timeout=legacy.internal:6379 unreachable=nas.internal:6379 nxdomain=cache.invalid:6379 loading=redis.internal:6380 noauth=redis.internal:6381 "
            + "wrongpass=redis.internal:6382 readonly=redis.internal:6383 oom=redis.internal:6384 misconf=redis.internal:6385 clusterdown=redis.internal:6386 masterdown=redis.internal:6387 "
            + "clients=redis.internal:6388 noperm=redis.internal:6389 busy=redis.internal:6390 wrongtype=redis.internal:6391 eof=redis.internal:6392 silent=redis.internal:6393 reset=redis.internal:6394").split(" ")) {
            REDIS.put(it.split("=")[0], HostAndPort.from(it.split("=")[1]));
        }
    }

    public static void main(String[] arguments) {
        LOG.info("cache configured: redis://redis.internal:6379 connectTimeout=300ms commandTimeout=400ms maxAttempts=5");
        jedis();
        lettuce();
        Scene.begin("end");
        LOG.info("cache warmed: 1250 keys, 0 errors, 0 timeouts, 312 ms");
        JSON.debug("reconnect attempt 1 succeeded, connection to redis.internal:6379 restored");
        JSON.info("health check \"redis\" UP, failures=0, timeout=1000ms");
        System.exit(0);
    }

    private static void jedis() {
        int index = 0;
        for (Map.Entry<String, HostAndPort> it : REDIS.entrySet()) {
            int kind = index++ % 3;
            Scene.attempt("jedis-" + it.getKey(), () -> {
                var settings = DefaultJedisClientConfig.builder().connectionTimeoutMillis(300).socketTimeoutMillis(400);
                if (it.getKey().equals("wrongpass")) {
                    settings.password("x");
                }
                try (Jedis client = new Jedis(it.getValue(), settings.build())) {
                    return client.set("cart:42", "1");
                }
            }, error -> {
                if (kind == 0) {
                    LOG.error("cache write failed", error);
                } else if (kind == 1) {
                    LOG.error("cache write failed: {}", Scene.chain(error));
                } else {
                    JSON.error("cache write to {} failed: {}", it.getValue(), error.getMessage());
                }
            });
        }
    }

    private static void lettuce() {
        int index = 0;
        for (Map.Entry<String, HostAndPort> it : REDIS.entrySet()) {
            int kind = index++ % 2;
            RedisURI uri = RedisURI.builder().withHost(it.getValue().getHost()).withPort(it.getValue().getPort()).withTimeout(Duration.ofMillis(400)).build();
            RedisClient client = RedisClient.create(uri);
            client.setOptions(ClientOptions.builder().autoReconnect(false).socketOptions(SocketOptions.builder().connectTimeout(Duration.ofMillis(300)).build()).build());
            Scene.attempt("lettuce-" + it.getKey(), () -> client.connect().sync().set("cart:42", "1"), error -> {
                if (kind == 0) {
                    JSON.warn("cart 42 served from the database: {}", Scene.chain(error));
                } else {
                    Throwable cause = error.getCause() == null || it.getValue().getPort() == 6379 ? error : error.getCause();
                    LOG.warn("cart 42 served from the database: {}", cause.toString());
                }
            });
            client.shutdown(0, 100, java.util.concurrent.TimeUnit.MILLISECONDS);
        }
    }
}
