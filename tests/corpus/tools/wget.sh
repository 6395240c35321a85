# wget, with its own retries.

export LC_ALL=C.UTF-8

ask() {
    echo "@@ $1"
    shift
    wget --no-hsts --no-config --ca-certificate="$CORPUS_CA" --progress=dot:mega -O /dev/null "$@"
}

ask refused --tries=1 http://inventory.internal:8081/v1/stock
ask refused-retried --tries=3 --waitretry=1 --retry-connrefused http://inventory.internal:8081/v1/stock
ask connect-timeout --tries=2 --waitretry=1 --timeout=1 http://legacy.internal/export.csv
ask unreachable --tries=1 http://nas.internal/
ask no-route --tries=1 https://cdn.example.com/lib/app.js
ask nxdomain --tries=1 https://mirror.invalid/dists/stable/Release
ask servfail --tries=1 http://hooks.broken-zone.example/
ask nodata --tries=1 http://mx-only.example.com/
ask response-timeout --tries=2 --waitretry=1 --timeout=1 http://files.example.org:8080/v1/silent
ask body-timeout --tries=1 --timeout=1 http://files.example.org:8080/v1/slow-body
ask eof --tries=2 --waitretry=1 http://files.example.org:8080/v1/eof
ask reset --tries=1 http://files.example.org:8080/v1/reset
ask truncated --tries=2 --waitretry=1 http://files.example.org:8080/v1/truncated
ask reset-in-body --tries=1 http://files.example.org:8080/v1/reset-in-body
ask loop --tries=1 --max-redirect=3 http://files.example.org:8080/v1/loop
ask garbage --tries=1 http://files.example.org:8080/v1/garbage
for status in 401 403 404 429 500 502 503 504; do
    ask "status-$status" --tries=1 "http://files.example.org:8080/v1/$status"
done
ask retried --tries=3 --waitretry=1 --retry-on-http-error=503 http://files.example.org:8080/v1/flaky
ask tls-expired --tries=1 https://login.partner.example/
ask tls-self-signed --tries=1 https://wiki.corp.example/
ask tls-name --tries=1 https://shop.example.com/
ask tls-unknown --tries=1 https://artifacts.corp.example/
ask tls-future --tries=1 https://licence.vendor.example/
ask tls-client --tries=1 https://gateway.bank.example/
ask tls-eof --tries=1 https://edge.example.net/
ask tls-alert --tries=1 https://edge3.example.net/
ask tls-plain --tries=1 https://inventory.internal/
ask fine --tries=1 http://files.example.org:8080/v1/ok
