package corpus;

import java.io.FileInputStream;
import java.io.InputStream;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Marks scenarios in a program's output, and has what several programs need. */
final class Scene {
    /** A case for every way in which an HTTP call fails. */
    static final Map<String, String> HTTP = new LinkedHashMap<>();

    static {
        String[][] cases = {
            {"refused", "http://inventory.internal:8081/v1/stock/42"},
            {"connect-timeout", "http://legacy.internal/export.csv"},
            {"unreachable", "http://nas.internal:5000/share"},
            {"no-route", "https://cdn.example.com/lib/app.js"},
            {"nxdomain", "https://checkout.shop.invalid/health"},
            {"servfail", "https://hooks.broken-zone.example/in"},
            {"nodata", "http://mx-only.example.com/"},
            {"response-timeout", "http://inventory.internal:8080/v1/silent"},
            {"body-timeout", "http://files.example.org:8080/v1/slow-body"},
            {"eof", "http://payments.internal:8080/v1/eof"},
            {"reset", "http://payments.internal:8080/v1/reset"},
            {"truncated", "http://files.example.org:8080/v1/truncated"},
            {"chunk-cut", "http://files.example.org:8080/v1/chunk-cut"},
            {"bad-chunk", "http://files.example.org:8080/v1/bad-chunk"},
            {"reset-in-body", "http://files.example.org:8080/v1/reset-in-body"},
            {"loop", "http://users-api.example.com:8080/v1/loop"},
            {"garbage", "http://users-api.example.com:8080/v1/garbage"},
            {"401", "http://users-api.example.com:8080/v1/401"},
            {"404", "http://users-api.example.com:8080/v1/404"},
            {"429", "http://users-api.example.com:8080/v1/429"},
            {"500", "http://users-api.example.com:8080/v1/500"},
            {"502", "http://users-api.example.com:8080/v1/502"},
            {"503", "http://users-api.example.com:8080/v1/503"},
            {"504", "http://users-api.example.com:8080/v1/504"},
            {"expired", "https://login.partner.example/oauth/token"},
            {"self-signed", "https://wiki.corp.example/"},
            {"name", "https://shop.example.com/cart"},
            {"unknown", "https://artifacts.corp.example/maven2/"},
            {"future", "https://licence.vendor.example/check"},
            {"old", "https://old.vendor.example/feed"},
            {"tls-eof", "https://edge.example.net/"},
            {"tls-silent", "https://edge2.example.net/"},
            {"tls-alert", "https://edge3.example.net/"},
            {"tls-plain", "https://inventory.internal/"},
            {"plain-tls", "http://api.example.com:443/"},
            {"fine", "https://api.example.com/v1/ok"},
            {"no-scheme", "inventory.internal/v1/stock"},
        };
        for (String[] one : cases) {
            HTTP.put(one[0], one[1]);
        }
    }

    private Scene() {}

    /** Names the scenario of the lines that follow. */
    static void begin(String name) {
        System.out.println("@@ " + name);
    }

    /** Begins the scenario, and hands the error of the action to the report. */
    static void attempt(String name, Callable<?> action, Consumer<Throwable> report) {
        begin(name);
        try {
            action.call();
        } catch (Throwable error) {
            report.accept(error);
        }
    }

    /** An exception and its causes, as many programs print them. */
    static String chain(Throwable error) {
        StringBuilder text = new StringBuilder(error.toString());
        for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
            text.append("; caused by: ").append(cause);
        }
        return text.toString();
    }

    static X509TrustManager trust() throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream file = new FileInputStream(System.getenv("CORPUS_CA"))) {
            store.setCertificateEntry("shop", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return (X509TrustManager) factory.getTrustManagers()[0];
    }

    static SSLContext tls() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new X509TrustManager[] {trust()}, null);
        return context;
    }
}
