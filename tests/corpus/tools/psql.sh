# psql and libpq: each code that a database or the way to it can cause.

ask() {
    echo "@@ $1"
    shift
    PGCONNECT_TIMEOUT=2 psql -qtX "$@" </dev/null
}

ask refused 'host=db.internal port=5431 user=shop dbname=orders'
ask refused-socket 'host=/run/postgresql user=shop dbname=orders'
ask connect-timeout 'host=db-replica.internal user=shop dbname=orders'
ask unreachable 'host=nas.internal user=shop dbname=orders'
ask no-route 'host=cdn.example.com user=shop dbname=orders'
ask nxdomain 'host=pg-main.invalid user=shop dbname=orders'
ask servfail 'host=hooks.broken-zone.example user=shop dbname=orders'
ask nodata 'host=mx-only.example.com user=shop dbname=orders'
ask eof 'host=db.internal port=5433 user=shop dbname=orders sslmode=disable'
ask reset 'host=db.internal port=5434 user=shop dbname=orders sslmode=disable'
ask eof-at-tls 'host=db.internal port=5433 user=shop dbname=orders sslmode=require'
ask silent 'host=db.internal port=5435 user=shop dbname=orders sslmode=disable'
ask http 'host=inventory.internal port=8080 user=shop dbname=orders sslmode=require'
ask redis 'host=redis.internal port=6381 user=shop dbname=orders sslmode=disable'
ask no-tls 'host=db.internal user=shop dbname=orders sslmode=require'
ask full 'host=pg-main.internal user=shop dbname=full'
ask reserved 'host=pg-main.internal user=shop dbname=reserved'
ask starting 'host=pg-main.internal user=shop dbname=starting'
ask stopping 'host=pg-main.internal user=shop dbname=stopping'
ask recovery 'host=pg-main.internal user=shop dbname=recovery'
ask password 'host=pg-main.internal user=shop dbname=secret'
ask hba 'host=pg-main.internal user=shop dbname=nohba'
ask no-database 'host=pg-main.internal user=shop dbname=missing'
ask statement-timeout 'host=pg-main.internal user=shop dbname=slow' -c 'SELECT count(*) FROM orders'
ask read-only 'host=pg-main.internal user=shop dbname=readonly' -c 'UPDATE orders SET state = 2'
ask deadlock 'host=pg-main.internal user=shop dbname=deadlock' -c 'UPDATE orders SET state = 2'
ask serialization 'host=pg-main.internal user=shop dbname=serial' -c 'UPDATE orders SET state = 2'
ask killed 'host=pg-main.internal user=shop dbname=killed' -c 'SELECT 1'
ask crash 'host=pg-main.internal user=shop dbname=crash' -c 'SELECT 1'
ask disk 'host=pg-main.internal user=shop dbname=disk' -c 'SELECT 1'
ask session-eof 'host=pg-main.internal user=shop dbname=eof' -c 'SELECT 1'
ask session-reset 'host=pg-main.internal user=shop dbname=reset' -c 'SELECT 1'
ask syntax 'host=pg-main.internal user=shop dbname=syntax' -c 'SELEC 1'
ask unique 'host=pg-main.internal user=shop dbname=unique' -c 'INSERT INTO orders VALUES (1)'
ask table 'host=pg-main.internal user=shop dbname=table' -c 'SELECT * FROM "order"'
ask option 'host=pg-main.internal user=shop dbname=orders sslmode=always'
echo "@@ ready"
pg_isready -h pg-main.internal -p 5432
pg_isready -h pg-main.internal -p 5431
pg_isready -h pg-main.internal -p 5432 -d starting
pg_isready -h db.internal -p 5435 -t 1
echo "@@ dump"
pg_dump -h db.internal -p 5431 -U shop orders
pg_dump -h pg-main.internal -U shop -d secret
