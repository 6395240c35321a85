# postgres: starting, clients that fail, limits, a standby without its primary.

export PATH="/usr/lib/postgresql/15/bin:$PATH"
data=/tmp/pg/data
mkdir -p /tmp/pg && chown postgres /tmp/pg && chmod 755 /tmp/pg
echo secret > /tmp/pg/secret
chmod 644 /tmp/pg/secret
as() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
as initdb -D $data -A scram-sha-256 --pwfile=/tmp/pg/secret -U postgres -N > /dev/null
cat >> $data/postgresql.conf <<CONF
listen_addresses = '127.0.0.1'
port = 5499
unix_socket_directories = ''
max_connections = 6
superuser_reserved_connections = 1
log_connections = on
log_disconnections = on
log_lock_waits = on
deadlock_timeout = 200ms
authentication_timeout = 1s
log_line_prefix = '%m [%p] %q%u@%d '
CONF
echo "@@ start"
as postgres -D $data &
sleep 2
export PGPASSWORD=secret PGHOST=127.0.0.1 PGPORT=5499 PGUSER=postgres PGCONNECT_TIMEOUT=3
quiet() { psql -qtX "$@" > /dev/null 2>&1; }
echo "@@ fine"
quiet -c "CREATE TABLE orders (id int PRIMARY KEY, state int); INSERT INTO orders VALUES (1, 0), (2, 0); CREATE ROLE shop LOGIN PASSWORD 'x'"
echo "@@ password"
PGPASSWORD=wrong quiet -c "SELECT 1"
echo "@@ missing"
quiet -d missing -c "SELECT 1"
echo "@@ hba"
echo "host all shop 127.0.0.1/32 reject" | cat - $data/pg_hba.conf > /tmp/pg/hba && cat /tmp/pg/hba > $data/pg_hba.conf
as pg_ctl -D $data reload > /dev/null
sleep 0.3
PGUSER=shop PGPASSWORD=x quiet -d postgres -c "SELECT 1"
echo "@@ statement-timeout"
quiet -c "SET statement_timeout = '100ms'; SELECT pg_sleep(2)"
echo "@@ lock-timeout"
(quiet -c "BEGIN; UPDATE orders SET state = 1 WHERE id = 1; SELECT pg_sleep(1.5); COMMIT") &
sleep 0.4
quiet -c "SET lock_timeout = '400ms'" -c "UPDATE orders SET state = 2 WHERE id = 1"
wait %2
echo "@@ deadlock"
(quiet -c "BEGIN; UPDATE orders SET state = 1 WHERE id = 1; SELECT pg_sleep(0.8); UPDATE orders SET state = 1 WHERE id = 2; COMMIT") &
sleep 0.2
quiet -c "BEGIN; UPDATE orders SET state = 1 WHERE id = 2; UPDATE orders SET state = 1 WHERE id = 1; COMMIT"
wait %2
echo "@@ syntax"
quiet -c "SELEC 1"
echo "@@ idle-in-transaction"
(echo "SET idle_in_transaction_session_timeout = '200ms'; BEGIN;"; sleep 1; echo "SELECT 1;") | quiet
echo "@@ client-killed"
psql -qtX < <(echo "BEGIN;"; sleep 2) > /dev/null 2>&1 &
sleep 0.5
disown $!
kill -KILL $!
sleep 0.5
echo "@@ terminated"
(quiet -c "SELECT pg_sleep(3)") &
sleep 0.3
quiet -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(3)%' AND pid <> pg_backend_pid()"
sleep 0.3
echo "@@ garbage"
printf 'GET / HTTP/1.1\r\nHost: db\r\n\r\n' | nc -w 1 127.0.0.1 5499 > /dev/null
echo "@@ full"
for index in 1 2 3 4 5 6; do (quiet -c "SELECT pg_sleep(1)") & done
sleep 0.4
quiet -c "SELECT 1"
sleep 1.5
echo "@@ in-use"
mkdir /tmp/pg/other && chown postgres /tmp/pg/other && chmod 700 /tmp/pg/other
as initdb -D /tmp/pg/other -A trust -U postgres -N > /dev/null
timeout 5 setpriv --reuid=postgres --regid=postgres --clear-groups "$(command -v postgres)" -D /tmp/pg/other -c listen_addresses=127.0.0.1 -c port=5499 -c unix_socket_directories=
echo "@@ standby"
touch /tmp/pg/other/standby.signal
for primary in "host=10.30.0.7 port=5431" "host=pg-main.invalid port=5432" "host=10.50.0.9 port=5432" "host=127.0.0.1 port=5499 password=wrong"; do
    timeout 3 setpriv --reuid=postgres --regid=postgres --clear-groups "$(command -v postgres)" -D /tmp/pg/other -c listen_addresses=127.0.0.1 -c port=5498 -c unix_socket_directories= -c wal_retrieve_retry_interval=10s \
        -c primary_conninfo="$primary user=postgres connect_timeout=2"
done
echo "@@ checkpoint"
quiet -c "CHECKPOINT"
echo "@@ stop"
as pg_ctl -D $data -m fast stop > /dev/null
wait
