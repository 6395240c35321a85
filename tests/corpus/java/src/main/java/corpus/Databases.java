package corpus;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** JDBC of PostgreSQL and MySQL, alone and behind HikariCP, logged by logback. */
public final class Databases {
    private static final Logger LOG = LoggerFactory.getLogger("c.s.orders.OrderRepository");
    private static final Map<String, String> POSTGRES = new LinkedHashMap<>();
    private static final Map<String, String> MYSQL = new LinkedHashMap<>();

    static {
        for (String it : ("refused=db.internal:5431/orders timeout=db-replica.internal/orders unreachable=nas.internal/orders nxdomain=pg-main.invalid/orders eof=db.internal:5433/orders "
            + "reset=db.internal:5434/orders silent=db.internal:5435/orders http=inventory.internal:8080/orders full=pg-main.internal/full reserved=pg-main.internal/reserved "
            + "starting=pg-main.internal/starting stopping=pg-main.internal/stopping recovery=pg-main.internal/recovery password=pg-main.internal/secret hba=pg-main.internal/nohba "
            + "missing=pg-main.internal/missing slow=pg-main.internal/slow readonly=pg-main.internal/readonly deadlock=pg-main.internal/deadlock serial=pg-main.internal/serial "
            + "killed=pg-main.internal/killed disk=pg-main.internal/disk session-eof=db.internal/eof session-reset=db.internal/reset session-silent=db.internal/silent syntax=pg-main.internal/syntax").split(" ")) {
            POSTGRES.put(it.split("=")[0], it.split("=")[1]);
        }
        for (String it : ("refused=db.internal:3305 timeout=db-replica.internal:3306 unreachable=nas.internal:3306 nxdomain=mysql.invalid:3306 full=db.internal:3306 blocked=db.internal:3307 "
            + "denied=db.internal:3308 unknown=db.internal:3309 eof=db.internal:3310 silent=db.internal:3311 shutdown=db.internal:3312").split(" ")) {
            MYSQL.put(it.split("=")[0], it.split("=")[1]);
        }
    }

    public static void main(String[] arguments) throws Exception {
        postgres();
        mysql();
        hikari();
        Scene.begin("end");
        LOG.info("migrated 14 versions in 312 ms, 0 failed, lock timeout 5 s not reached");
        LOG.debug("not shown");
        System.exit(0);
    }

    private static String postgresUrl(String at) {
        return "jdbc:postgresql://" + at + "?user=shop&password=x&sslmode=disable&connectTimeout=1&loginTimeout=2&socketTimeout=1&preferQueryMode=simple";
    }

    private static String mysqlUrl(String at) {
        return "jdbc:mysql://" + at + "/orders?user=shop&password=x&connectTimeout=400&socketTimeout=400&sslMode=DISABLED&allowPublicKeyRetrieval=true";
    }

    private static Object use(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            return connection.createStatement().execute("UPDATE orders SET state = 2");
        }
    }

    private static void postgres() {
        int index = 0;
        for (Map.Entry<String, String> it : POSTGRES.entrySet()) {
            int kind = index++ % 3;
            Scene.attempt("pg-" + it.getKey(), () -> use(postgresUrl(it.getValue())), error -> {
                if (kind == 0) {
                    LOG.error("order update failed", error);
                } else if (kind == 1) {
                    LOG.error("order update failed on {}: {} (SQLState {})", it.getValue().split("/")[0], error.getMessage(), ((SQLException) error).getSQLState());
                } else {
                    LOG.warn("{}", Scene.chain(error));
                }
            });
        }
        Scene.attempt("pg-no-tls", () -> use(postgresUrl("pg-main.internal/orders").replace("disable", "require")), error -> LOG.error("report: {}", error.getMessage()));
    }

    private static void mysql() {
        for (Map.Entry<String, String> it : MYSQL.entrySet()) {
            Scene.attempt("mysql-" + it.getKey(), () -> use(mysqlUrl(it.getValue())), error -> {
                if (it.getKey().equals("refused")) {
                    LOG.error("stock query failed", error);
                } else {
                    LOG.error("stock query on {} failed: {}", it.getValue(), error.getMessage().replace("\n", " "));
                }
            });
        }
    }

    private static HikariConfig pool(String name, String url) {
        HikariConfig settings = new HikariConfig();
        settings.setPoolName(name);
        settings.setJdbcUrl(url);
        settings.setMaximumPoolSize(1);
        settings.setConnectionTimeout(500);
        settings.setInitializationFailTimeout(-1);
        return settings;
    }

    private static void hikari() {
        Scene.attempt("hikari-busy", () -> {
            try (HikariDataSource source = new HikariDataSource(pool("orders-pool", postgresUrl("pg-main.internal/orders")))) {
                Connection held = source.getConnection();
                return source.getConnection() == held;
            }
        }, error -> LOG.error("checkout failed: {}", error.toString()));
        Scene.attempt("hikari-refused", () -> {
            try (HikariDataSource source = new HikariDataSource(pool("audit-pool", postgresUrl("db.internal:5431/audit")))) {
                return source.getConnection();
            }
        }, error -> LOG.error("audit trail not written", error));
        Scene.attempt("hikari-fail-fast", () -> {
            HikariConfig settings = pool("report-pool", postgresUrl("pg-main.internal/secret"));
            settings.setInitializationFailTimeout(1);
            return new HikariDataSource(settings);
        }, error -> LOG.error("application context could not start: {}", Scene.chain(error)));
    }
}
