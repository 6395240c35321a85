# redis-cli: refusals of the way and of the server.

ask() {
    echo "@@ $1"
    shift
    timeout 3 redis-cli "$@"
}

ask refused -h redis.internal -p 6399 PING
ask refused-local PING
ask unreachable -h nas.internal PING
ask nxdomain -h cache.invalid PING
ask servfail -h hooks.broken-zone.example PING
ask socket -s /run/redis/redis.sock PING
ask loading -h redis.internal -p 6380 GET cart:42
ask noauth -h redis.internal -p 6381 GET cart:42
ask wrongpass -h redis.internal -p 6382 --user shop --pass wrong GET cart:42
ask readonly -h redis.internal -p 6383 SET cart:42 1
ask oom -h redis.internal -p 6384 SET cart:42 1
ask misconf -h redis.internal -p 6385 SET cart:42 1
ask clusterdown -h redis.internal -p 6386 GET cart:42
ask masterdown -h redis.internal -p 6387 GET cart:42
ask clients -h redis.internal -p 6388 GET cart:42
ask noperm -h redis.internal -p 6389 GET cart:42
ask busy -h redis.internal -p 6390 GET cart:42
ask wrongtype -h redis.internal -p 6391 GET cart:42
ask eof -h redis.internal -p 6392 GET cart:42
ask reset -h redis.internal -p 6394 GET cart:42
ask tls-to-plain -h redis.internal -p 6381 --tls PING
ask http -h inventory.internal -p 8080 PING
