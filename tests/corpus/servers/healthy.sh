# Servers and tools in good health: counters, settings and reports that are full of dangerous words.

export PATH="/usr/lib/postgresql/15/bin:$PATH"
echo "@@ redis"
redis-server --port 6810 --save "" > /dev/null &
sleep 0.5
redis-cli -p 6810 set cart:42 1
redis-cli -p 6810 info stats | grep -E 'reject|error|expired|evict|unexpected|sync|miss'
redis-cli -p 6810 info replication | grep -v replid
redis-cli -p 6810 info clients | grep -E 'clients|timeout'
redis-cli -p 6810 config get '*timeout*' | paste -d ' ' - -
redis-cli -p 6810 shutdown nosave
wait

echo "@@ postgres"
mkdir -p /tmp/pg && chown postgres /tmp/pg && chmod 755 /tmp/pg
as() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
as initdb -D /tmp/pg/data -A trust -U postgres -N > /dev/null
as postgres -D /tmp/pg/data -c listen_addresses=127.0.0.1 -c port=5498 -c unix_socket_directories= > /dev/null 2>&1 &
sleep 2
export PGHOST=127.0.0.1 PGPORT=5498 PGUSER=postgres
for setting in statement_timeout lock_timeout idle_in_transaction_session_timeout deadlock_timeout wal_receiver_timeout wal_sender_timeout tcp_keepalives_count max_connections; do
    psql -X -A -c "SHOW $setting" | head -2 | paste -d "=" - -
done
psql -X -x -c "SELECT deadlocks, conflicts, checksum_failures, sessions_abandoned, sessions_fatal, sessions_killed FROM pg_stat_database WHERE datname = 'postgres'"
pgbench -q -i postgres 2>&1 | grep -v 'does not exist'
pgbench -t 20 -c 2 --failures-detailed --max-tries=3 postgres 2>&1
pg_isready
as pg_ctl -D /tmp/pg/data -m fast stop > /dev/null
wait

echo "@@ settings"
ssh-keygen -q -t ed25519 -N '' -f /tmp/host_key
mkdir -p /run/sshd
"$(command -v sshd)" -T -f /dev/null -h /tmp/host_key | grep -iE 'timeout|max|grace|alive|retries|refuse|deny|reset|ignore'
ssh -G -F /dev/null files.example.org | grep -iE 'timeout|attempts|alive|max|fail|retries'
git config --file /dev/null --list
printf 'net.ipv4.%s\n' tcp_retries1 tcp_retries2 tcp_syn_retries tcp_synack_retries tcp_fin_timeout tcp_keepalive_probes tcp_abort_on_overflow | xargs sysctl

echo "@@ counters"
ip -s link show lo | grep errors
nstat -az 'TcpExtTCPAbort*' 'TcpExtTCP*Fail' | grep ' 0  '

echo "@@ transfers"
for path in ok 200; do
    curl -s -o /dev/null -w 'code=%{http_code} errormsg=%{errormsg} exitcode=%{exitcode} retries=%{num_connects} redirects=%{num_redirects}\n' "http://inventory.internal:8080/v1/$path"
done
curl -sv --max-time 5 --connect-timeout 2 --retry 3 http://inventory.internal:8080/v1/ok
wget -nv -t 3 -T 5 -O /dev/null http://inventory.internal:8080/v1/ok
nc -vz -w 2 redis.internal 6383
openssl s_client -tls1_2 -connect api.example.com:443 -servername api.example.com -CAfile "$CORPUS_CA" < /dev/null 2>&1 | grep -iE 'verif|error|timeout|depth|alert|early'
psql -X -c "SELECT 'no error' AS state, 0 AS timeouts" "host=pg-main.internal port=5432 user=shop dbname=orders"
