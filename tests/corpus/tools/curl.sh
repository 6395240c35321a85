# curl: each error code that a peer can cause.
# A line that starts with @@ names the scenario of the lines that follow.

ask() {
    echo "@@ $1"
    shift
    curl --no-progress-meter --cacert "$CORPUS_CA" "$@" -o /dev/null
}

ask refused http://inventory.internal:8081/v1/stock/42
ask refused-verbose -v http://payments.internal:9090/v1/charge
ask connect-timeout --connect-timeout 0.5 http://legacy.internal/export.csv
ask total-timeout-in-connect -m 1 https://warehouse.example.com/api/levels
ask unreachable http://nas.internal:5000/webapi/query.cgi
ask no-route https://cdn.example.com/lib/app.js
ask nxdomain https://checkout.shop.invalid/health
ask servfail https://hooks.broken-zone.example/in
ask nodata http://mx-only.example.com/
ask response-timeout -m 1 http://inventory.internal:8080/v1/silent
ask response-timeout-verbose -v -m 1 http://inventory.internal:8080/v1/silent
ask body-timeout -m 1 http://files.example.org:8080/v1/slow-body
ask slow --speed-limit 1000 --speed-time 1 http://files.example.org:8080/v1/slow-body
ask eof http://payments.internal:8080/v1/eof
ask reset http://payments.internal:8080/v1/reset
ask truncated http://files.example.org:8080/v1/truncated
ask chunk-cut http://files.example.org:8080/v1/chunk-cut
ask bad-chunk http://files.example.org:8080/v1/bad-chunk
ask reset-in-body http://files.example.org:8080/v1/reset-in-body
ask redirect-loop -L --max-redirs 5 http://users-api.example.com:8080/v1/loop
ask garbage http://users-api.example.com:8080/v1/garbage
ask bad-gzip --compressed http://users-api.example.com:8080/v1/bad-gzip
ask status-404 -f http://users-api.example.com:8080/v1/404
ask status-401 -f http://users-api.example.com:8080/v1/401
ask status-403 -f http://users-api.example.com:8080/v1/403
ask status-429 -f http://users-api.example.com:8080/v1/429
ask status-500 -f http://users-api.example.com:8080/v1/500
ask status-502 --fail-with-body http://users-api.example.com:8080/v1/502
ask status-503 -f http://users-api.example.com:8080/v1/503
ask status-504 -f http://users-api.example.com:8080/v1/504
ask retried -f --retry 2 --retry-delay 1 http://users-api.example.com:8080/v1/503
ask retried-refused --retry 2 --retry-delay 1 --retry-connrefused http://inventory.internal:8081/
ask retried-then-fine -f --retry 3 --retry-delay 1 http://catalog.shop.example:8080/v1/flaky
ask tls-expired https://login.partner.example/oauth/token
ask tls-expired-verbose -v https://login.partner.example/oauth/token
ask tls-self-signed https://wiki.corp.example/
ask tls-name https://shop.example.com/cart
ask tls-client-certificate https://gateway.bank.example/transfer
ask tls-unknown-authority https://artifacts.corp.example/maven2/
ask tls-not-yet-valid https://licence.vendor.example/check
ask tls-old-version https://old.vendor.example/feed
ask tls-eof https://edge.example.net/
ask tls-timeout -m 1 https://edge2.example.net/
ask tls-alert https://edge3.example.net/
ask tls-to-plain https://inventory.internal:8080/
ask plain-to-tls --http0.9 http://api.example.com:443/
ask proxy-refused -x http://broker.internal:3128 https://api.example.com/v1/ok
ask proxy-status -x http://inventory.internal:8080 https://api.example.com/v1/502
ask ftp-wrong ftp://files.example.org:7003/
ask fine-verbose -v https://api.example.com/v1/ok
ask bad-scheme gopherx://api.example.com/
ask bad-url 'http://[bad/'
ask file-missing file:///srv/shop/none.txt
