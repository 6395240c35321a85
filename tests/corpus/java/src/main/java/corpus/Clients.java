package corpus;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** OkHttp and Apache HttpClient 5, logged by logback. */
public final class Clients {
    /** Whether OkHttp's watchdog or the socket gives up first differs from run to run. */
    private static final Set<String> RACES = Set.of("response-timeout", "body-timeout", "tls-silent");
    private static final Logger LOG = LoggerFactory.getLogger("shop.checkout.InventoryClient");

    public static void main(String[] arguments) throws Exception {
        LOG.info("okhttp: connectTimeout=200ms readTimeout=300ms callTimeout=0 retryOnConnectionFailure=false");
        LOG.info("httpclient5: connect timeout 200 ms, response timeout 300 ms, max retries 1, pool size 20, 0 leased, 0 pending");
        okhttp();
        apache();
        retries();
        attempts();
        Scene.begin("end");
        LOG.info("circuit breaker 'inventory' state changed from HALF_OPEN to CLOSED, failure rate 0.0%");
        LOG.info("connection pool stats: leased=0 pending=0 available=4 max=20 timeouts=0 errors=0");
        System.exit(0);
    }

    private static void okhttp() throws Exception {
        OkHttpClient client = new OkHttpClient.Builder().connectTimeout(Duration.ofMillis(200)).readTimeout(Duration.ofMillis(300)).retryOnConnectionFailure(false)
            .sslSocketFactory(Scene.tls().getSocketFactory(), Scene.trust()).build();
        int index = 0;
        for (Map.Entry<String, String> it : Scene.HTTP.entrySet()) {
            int kind = index++ % 3;
            if (RACES.contains(it.getKey())) {
                continue;
            }
            Scene.attempt("okhttp-" + it.getKey(), () -> {
                try (Response answer = client.newCall(new Request.Builder().url(it.getValue()).build()).execute()) {
                    if (!answer.isSuccessful()) {
                        throw new IllegalStateException("Unexpected response " + answer);
                    }
                    answer.body().string();
                    LOG.info("{} answered {} in {} ms (read timeout 300 ms)", it.getValue(), answer.code(), answer.receivedResponseAtMillis() - answer.sentRequestAtMillis());
                }
                return null;
            }, error -> {
                if (kind == 0) {
                    LOG.error("inventory lookup failed", error);
                } else if (kind == 1) {
                    LOG.error("inventory lookup failed: {}", error.toString());
                } else {
                    LOG.warn("<-- HTTP FAILED: {} ({})", error, it.getValue());
                }
            });
        }
        OkHttpClient hurried = client.newBuilder().callTimeout(250, TimeUnit.MILLISECONDS).readTimeout(Duration.ofSeconds(5)).build();
        Scene.attempt("okhttp-call-timeout", () -> hurried.newCall(new Request.Builder().url("http://inventory.internal:8080/v1/silent").build()).execute(), error -> LOG.error("call to inventory.internal: {}", error.toString()));
        Scene.attempt("okhttp-cancelled", () -> {
            okhttp3.Call call = client.newCall(new Request.Builder().url("http://inventory.internal:8080/v1/silent").build());
            call.cancel();
            return call.execute();
        }, error -> LOG.warn("lookup abandoned: {}", error.toString()));
    }

    private static CloseableHttpClient apacheClient(int retries) throws Exception {
        var manager = PoolingHttpClientConnectionManagerBuilder.create().setTlsSocketStrategy(new DefaultClientTlsStrategy(Scene.tls()))
            .setDefaultConnectionConfig(ConnectionConfig.custom().setConnectTimeout(Timeout.ofMilliseconds(200)).setSocketTimeout(Timeout.ofMilliseconds(300)).build()).setMaxConnTotal(1).build();
        return HttpClients.custom().setConnectionManager(manager).setRetryStrategy(new DefaultHttpRequestRetryStrategy(retries, TimeValue.ofMilliseconds(20)))
            .setDefaultRequestConfig(RequestConfig.custom().setResponseTimeout(Timeout.ofMilliseconds(300)).setConnectionRequestTimeout(Timeout.ofMilliseconds(250)).setMaxRedirects(5).build()).build();
    }

    private static void apache() throws Exception {
        CloseableHttpClient client = apacheClient(0);
        int index = 0;
        for (Map.Entry<String, String> it : Scene.HTTP.entrySet()) {
            int kind = index++ % 2;
            Scene.attempt("apache-" + it.getKey(), () -> client.execute(new HttpGet(it.getValue()), answer -> {
                if (answer.getCode() >= 300) {
                    throw new org.apache.hc.client5.http.HttpResponseException(answer.getCode(), answer.getReasonPhrase());
                }
                return EntityUtils.toString(answer.getEntity());
            }), error -> {
                if (kind == 0) {
                    LOG.error("request to {} failed", it.getValue(), error);
                } else {
                    LOG.error("price feed: {}", Scene.chain(error));
                }
            });
        }
        Scene.attempt("apache-pool", () -> {
            var held = client.executeOpen(null, new HttpGet("http://users-api.example.com:8080/v1/ok"), null);
            return client.executeOpen(null, new HttpGet("http://users-api.example.com:8080/v1/ok"), null) == held;
        }, error -> LOG.error("checkout", error));
    }

    /** Own retries, logged as JSON. */
    private static void attempts() throws Exception {
        Logger prices = LoggerFactory.getLogger("shop.prices");
        OkHttpClient client = new OkHttpClient.Builder().connectTimeout(Duration.ofMillis(200)).readTimeout(Duration.ofMillis(200)).retryOnConnectionFailure(false).build();
        for (String url : new String[] {Scene.HTTP.get("refused"), Scene.HTTP.get("connect-timeout"), Scene.HTTP.get("nxdomain"), Scene.HTTP.get("eof"), "http://catalog.shop.example:8080/v1/flaky"}) {
            Scene.begin("attempts-" + url);
            for (int attempt = 1; attempt <= 3; attempt++) {
                MDC.put("attempt", String.valueOf(attempt));
                MDC.put("maxAttempts", "3");
                try (Response answer = client.newCall(new Request.Builder().url(url).build()).execute()) {
                    if (answer.isSuccessful()) {
                        prices.info("prices loaded from {} after {} attempts, timeout was 200 ms", url, attempt);
                        break;
                    }
                    prices.warn("{} answered {}, retrying in {} ms", url, answer.code(), 100 * attempt);
                } catch (java.io.IOException error) {
                    prices.warn("{} failed, retrying in {} ms: {}", url, 100 * attempt, error.toString());
                }
            }
            MDC.clear();
        }
        prices.debug("retry policy: at most 3 attempts, backoff 100 ms, timeouts 200 ms");
    }

    private static void retries() throws Exception {
        CloseableHttpClient client = apacheClient(1);
        for (String name : new String[] {"eof", "refused"}) {
            Scene.attempt("apache-retry-" + name, () -> client.execute(new HttpGet(Scene.HTTP.get(name)), answer -> {
                throw new java.io.IOException("status " + answer.getCode() + " from " + Scene.HTTP.get(name) + " after 2 attempts");
            }), error -> LOG.error("gave up: {}", error.toString()));
        }
    }
}
