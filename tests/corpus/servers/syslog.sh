# What units write to the journal: output of real commands, with the prefixes that logger gives.

unit() {
    echo "@@ $1"
    name=$2
    [ "$format" = --rfc3164 ] && format=--rfc5424=notq || format=--rfc3164
    shift 2
    timeout 10 "$@" 2>&1 | logger --server 127.0.0.1 --udp --no-act --stderr "$format" --id=$$ --tag "$name"
}

unit refused backup-upload curl -sS -m 2 http://files.example.org:9001/nightly.tar
unit queue backup-upload echo "upload queue empty, 0 failed, 0 timed out, retry timer off"
unit response-timeout price-sync curl -sS -m 0.6 http://inventory.internal:8080/v1/silent
unit nxdomain price-sync wget -q -nv -t 1 -O /dev/null http://prices.invalid/v2
unit 503 price-sync wget -nv -t 1 -O /dev/null http://inventory.internal:8080/503
unit expired token-refresh curl -sS -m 2 https://login.partner.example/oauth/token
unit database orders-migrate psql -qtX "host=db.internal port=5431 user=shop dbname=orders" -c "SELECT 1"
unit database-starting orders-migrate psql -qtX "host=pg-main.internal user=shop dbname=starting" -c "SELECT 1"
unit cache cart-warm redis-cli -h redis.internal -p 6399 ping
unit share mount-share nc -vz -w 1 nas.internal 445
unit fine price-sync curl -sS -m 2 -o /dev/null -w 'http_code=%{http_code} time_connect=0.001 num_retries=0 errors=0 timeout=2\n' http://inventory.internal:8080/v1/ok
unit ready orders-migrate pg_isready -h pg-main.internal
unit bus session systemctl status checkout.service
unit retries price-sync curl -sS -m 1 --retry 2 --retry-delay 1 --retry-connrefused http://inventory.internal:8081/prices
unit settings checkout echo "retry policy: 3 attempts, timeout 500 ms, backoff exponential; connection pool 10"
unit started checkout echo "Started checkout.service - connected to db.internal:5432, 0 errors, watchdog timeout 30s"
unit recovered checkout echo "connection to redis.internal:6379 recovered after 2 failed attempts"
