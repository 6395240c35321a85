package corpus;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocket;

/** What the JDK itself says, logged by java.util.logging: HttpURLConnection, java.net.http, sockets. */
public final class Standard {
    private static final Logger LONG = Logger.getLogger("shop.checkout");
    private static final Logger SHORT = Logger.getLogger("shop.feeds");

    public static void main(String[] arguments) throws Exception {
        HttpsURLConnection.setDefaultSSLSocketFactory(Scene.tls().getSocketFactory());
        LONG.info("starting: inventory=http://inventory.internal:8080 connectTimeout=200ms readTimeout=500ms retries=3");
        LONG.config("retry policy: maxAttempts=3, backoff 100 ms, retry on IOException and 503");
        urls();
        clients();
        sockets();
        names();
        servers();
        retries();
        LONG.info("shutdown complete: 48 requests, 0 errors, 0 timeouts, 2 retries");
        System.exit(0);
    }

    private static void read(String url) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) new URL(url).openConnection();
        connection.setConnectTimeout(200);
        connection.setReadTimeout(300);
        try (InputStream body = connection.getInputStream()) {
            body.readAllBytes();
        }
        LONG.log(Level.INFO, "GET {0} answered {1} without error (connect timeout 200 ms)", new Object[] {url, connection.getResponseCode()});
    }

    private static void urls() {
        int index = 0;
        for (Map.Entry<String, String> it : Scene.HTTP.entrySet()) {
            int kind = index++ % 3;
            Scene.attempt("url-" + it.getKey(), () -> { read(it.getValue()); return null; }, error -> {
                if (kind == 0) {
                    LONG.log(Level.SEVERE, "stock lookup failed", error);
                } else if (kind == 1) {
                    LONG.warning("GET " + it.getValue() + ": " + error);
                } else {
                    System.err.println("[ERROR] " + java.time.Instant.now() + " feed " + it.getValue() + " skipped: " + error.getMessage());
                }
            });
        }
    }

    private static void clients() throws Exception {
        HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofMillis(200)).sslContext(Scene.tls()).followRedirects(HttpClient.Redirect.NORMAL).version(HttpClient.Version.HTTP_1_1).build();
        int index = 0;
        for (Map.Entry<String, String> it : Scene.HTTP.entrySet()) {
            int kind = index++ % 2;
            Scene.attempt("client-" + it.getKey(), () -> {
                HttpRequest request = HttpRequest.newBuilder(URI.create(it.getValue())).timeout(Duration.ofMillis(400)).build();
                int status = client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).orTimeout(900, TimeUnit.MILLISECONDS).join().statusCode();
                if (status >= 300) {
                    throw new IllegalStateException("unexpected status " + status + " from " + it.getValue());
                }
                return null;
            }, error -> {
                if (kind == 0) {
                    SHORT.severe(Scene.chain(error));
                } else {
                    System.err.println("WARN  [feeds] " + it.getValue() + " -> " + error);
                }
            });
        }
    }

    private static void sockets() {
        Scene.attempt("socket-refused", () -> new Socket("redis.internal", 6399), error -> LONG.severe("cache: " + error));
        Scene.attempt("socket-timeout", () -> { new Socket().connect(new InetSocketAddress("legacy.internal", 9200), 200); return null; }, error -> LONG.severe("search: " + error));
        Scene.attempt("socket-unreachable", () -> new Socket("nas.internal", 445), error -> LONG.severe("share: " + error));
        Scene.attempt("socket-no-route", () -> new Socket("cdn.example.com", 443), error -> LONG.severe("cdn: " + error));
        Scene.attempt("socket-nxdomain", () -> new Socket("printer.invalid", 9100), error -> LONG.severe("printer: " + error));
        Scene.attempt("channel-refused", () -> SocketChannel.open(new InetSocketAddress("redis.internal", 6399)), error -> LONG.severe("channel: " + error));
        Scene.attempt("channel-unresolved", () -> SocketChannel.open(new InetSocketAddress("printer.invalid", 9100)), error -> LONG.severe("channel: " + error));
        Scene.attempt("socket-eof", () -> exchange("broker.internal", 4225, 300), error -> LONG.severe("broker: " + error));
        Scene.attempt("socket-reset", () -> exchange("redis.internal", 6394, 300), error -> LONG.severe("broker: " + error));
        Scene.attempt("socket-silent", () -> exchange("broker.internal", 7002, 200), error -> LONG.severe("broker: " + error));
        Scene.attempt("bind-in-use", () -> { try (ServerSocket first = new ServerSocket(9100)) { return new ServerSocket(9100); } }, error -> LONG.log(Level.SEVERE, "metrics endpoint not started", error));
        Scene.attempt("bind-not-available", () -> new ServerSocket(9100, 5, InetAddress.getByName("192.0.2.7")), error -> LONG.severe("metrics endpoint: " + error));
        for (String host : new String[] {"login.partner.example", "wiki.corp.example", "edge3.example.net", "edge.example.net", "old.vendor.example"}) {
            Scene.attempt("tls-" + host, () -> { ((SSLSocket) Scene.tls().getSocketFactory().createSocket(host, 443)).startHandshake(); return null; }, error -> LONG.warning("probe of " + host + ": " + error));
        }
    }

    private static int exchange(String host, int port, int limit) throws IOException {
        try (Socket socket = new Socket(host, port)) {
            socket.setSoTimeout(limit);
            socket.getOutputStream().write("PING\r\n".getBytes());
            byte[] answer = socket.getInputStream().readNBytes(4);
            if (answer.length < 4) {
                throw new java.io.EOFException("end of stream after " + answer.length + " of 4 bytes");
            }
            return answer.length;
        }
    }

    private static void names() {
        for (String name : new String[] {"printer.invalid", "hooks.broken-zone.example", "mx-only.example.com"}) {
            Scene.attempt("lookup-" + name, () -> InetAddress.getByName(name), error -> LONG.warning("lookup: " + error));
        }
    }

    private static void servers() throws Exception {
        Scene.begin("server");
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 8099), 0);
        server.createContext("/health", exchange -> { exchange.sendResponseHeaders(204, -1); LONG.info(exchange.getRemoteAddress().getAddress() + " GET /health 204, 0 errors since start"); });
        server.start();
        LONG.info("listening on " + server.getAddress() + ", idle timeout 30 s, backlog 50");
        read("http://127.0.0.1:8099/health");
        Scene.attempt("server-in-use", () -> HttpServer.create(new InetSocketAddress("127.0.0.1", 8099), 0), error -> LONG.severe("cannot listen on 127.0.0.1:8099: " + error.getMessage()));
        server.stop(0);
    }

    private static void retries() throws Exception {
        for (String[] it : new String[][] {{"refused", "http://inventory.internal:8081/v1/stock", "3"}, {"timeout", "http://inventory.internal:8080/v1/silent", "2"}, {"flaky", "http://catalog.shop.example:8080/v1/flaky", "4"}}) {
            Scene.begin("retry-" + it[0]);
            int most = Integer.parseInt(it[2]);
            for (int tries = 1; tries <= most; tries++) {
                try {
                    read(it[1]);
                    LONG.info("catalogue reachable again after " + tries + " attempts");
                    break;
                } catch (IOException error) {
                    LONG.warning("attempt " + tries + "/" + most + " failed (" + error + "), next in " + 100 * tries + " ms");
                }
            }
        }
    }
}
