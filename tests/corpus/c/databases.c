/* libpq and hiredis. */

#include <hiredis/hiredis.h>
#include <libpq-fe.h>
#include <stdlib.h>

#include "scene.h"

static const char *const POSTGRES[][2] = {
    {"refused", "host=db.internal port=5431 dbname=orders"}, {"timeout", "host=db-replica.internal dbname=orders"}, {"unreachable", "host=nas.internal dbname=orders"},
    {"nxdomain", "host=pg-main.invalid dbname=orders"}, {"eof", "host=db.internal port=5433 dbname=orders"}, {"reset", "host=db.internal port=5434 dbname=orders"},
    {"full", "host=pg-main.internal dbname=full"}, {"starting", "host=pg-main.internal dbname=starting"}, {"password", "host=pg-main.internal dbname=secret"},
    {"missing", "host=pg-main.internal dbname=missing"}, {"slow", "host=pg-main.internal dbname=slow"}, {"readonly", "host=pg-main.internal dbname=readonly"},
    {"deadlock", "host=pg-main.internal dbname=deadlock"}, {"killed", "host=pg-main.internal dbname=killed"}, {"session-eof", "host=db.internal dbname=eof"},
    {"session-reset", "host=db.internal dbname=reset"}, {"syntax", "host=pg-main.internal dbname=syntax"}, {"fine", "host=pg-main.internal dbname=orders"},
};

static const struct {
    const char *name, *host;
    int port;
} REDIS[] = {
    {"refused", "redis.internal", 6399}, {"timeout", "legacy.internal", 6379}, {"unreachable", "nas.internal", 6379}, {"nxdomain", "cache.invalid", 6379},
    {"loading", "redis.internal", 6380}, {"noauth", "redis.internal", 6381}, {"readonly", "redis.internal", 6383}, {"oom", "redis.internal", 6384},
    {"clusterdown", "redis.internal", 6386}, {"clients", "redis.internal", 6388}, {"wrongtype", "redis.internal", 6391}, {"eof", "redis.internal", 6392},
    {"silent", "redis.internal", 6393}, {"reset", "redis.internal", 6394}, {"http", "inventory.internal", 8080},
};

/* Without the newlines inside, as most programs log it. */
static const char *flat(const char *text)
{
    static char line[1024];
    snprintf(line, sizeof line, "%s", text);
    for (char *at = line; *at; at++)
        if (*at == '\n' || *at == '\t')
            *at = at[1] ? ' ' : '\0';
    return line;
}

static void postgres(size_t index)
{
    char options[256];
    snprintf(options, sizeof options, "%s user=shop sslmode=disable connect_timeout=2", POSTGRES[index][1]);
    PGconn *connection = PQconnectdb(options);
    char name[64];
    snprintf(name, sizeof name, "pg-%s", POSTGRES[index][0]);
    begin(name);
    if (PQstatus(connection) != CONNECTION_OK) {
        if (index % 2)
            fprintf(stderr, "Connection to database failed: %s", PQerrorMessage(connection));
        else
            syslog_line("ordersd", "error: %s", flat(PQerrorMessage(connection)));
    } else {
        PGresult *result = PQexec(connection, "UPDATE orders SET state = 2");
        if (PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK)
            syslog_line("ordersd", "info: update done in 3 ms (statement_timeout 30 s), 0 conflicts");
        else if (index % 2)
            fprintf(stderr, "UPDATE failed: %s", PQerrorMessage(connection));
        else
            glog_line('E', "orders.cc", 91, "PQexec: %s sqlstate=%s", flat(PQerrorMessage(connection)), PQresultErrorField(result, PG_DIAG_SQLSTATE) ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : "-");
        PQclear(result);
    }
    PQfinish(connection);
}

static void redis(size_t index)
{
    struct timeval limit = {.tv_usec = 300000};
    char name[64];
    snprintf(name, sizeof name, "redis-%s", REDIS[index].name);
    begin(name);
    redisContext *context = redisConnectWithTimeout(REDIS[index].host, REDIS[index].port, limit);
    if (context->err) {
        if (index % 2)
            printf("Connection error: %s\n", context->errstr);
        else
            syslog_line("cartd", "error: redis %s:%d: connect: %s (err %d)", REDIS[index].host, REDIS[index].port, context->errstr, context->err);
        redisFree(context);
        return;
    }
    redisSetTimeout(context, limit);
    redisReply *reply = redisCommand(context, "SET cart:42 1");
    if (reply == NULL)
        glog_line('W', "cart_cache.cc", 55, "redis command failed on %s:%d: %s", REDIS[index].host, REDIS[index].port, context->errstr);
    else if (reply->type == REDIS_REPLY_ERROR && index % 2)
        printf("cart not cached: %s\n", reply->str);
    else if (reply->type == REDIS_REPLY_ERROR)
        syslog_line("cartd", "warning: SET cart:42 on %s:%d: %s", REDIS[index].host, REDIS[index].port, reply->str);
    if (reply)
        freeReplyObject(reply);
    redisFree(context);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t index = 0; index < sizeof POSTGRES / sizeof *POSTGRES; index++)
        postgres(index);
    for (size_t index = 0; index < sizeof REDIS / sizeof *REDIS; index++)
        redis(index);
    begin("end");
    syslog_line("cartd", "info: pool of redis.internal:6379: 4 idle, 0 busy, 0 errors, connect timeout 300 ms");
    return 0;
}
