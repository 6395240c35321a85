# HAProxy: health checks, and what its access log says of requests that fail.

cat > /tmp/haproxy.cfg <<CONF
global
    log stdout format raw local0
    ssl-server-verify none
defaults
    mode http
    log global
    option httplog
    option redispatch
    retries 2
    timeout connect 300ms
    timeout client 2s
    timeout server 400ms
    timeout check 300ms
    timeout queue 300ms
frontend web
    bind 127.0.0.1:8089
    http-request deny deny_status 403 if { path /private }
    http-request deny deny_status 429 if { path /limited }
    use_backend %[path,field(2,/)]
backend stock
    option httpchk GET /v1/ok
    server inv1 10.30.0.7:8080 check inter 400ms
backend refused
    server inv2 10.30.0.7:8081
backend dark
    server old1 10.40.0.9:80
backend unreachable
    server nas1 10.50.0.9:5000
backend silent
    http-request set-path /v1/silent
    server inv1 10.30.0.7:8080
backend eof
    http-request set-path /v1/eof
    server pay1 10.30.0.7:8080
backend reset
    http-request set-path /v1/reset
    server pay1 10.30.0.7:8080
backend truncated
    http-request set-path /v1/truncated
    server files1 10.30.0.7:8080
backend garbage
    server mail1 10.30.0.7:2525
backend plain
    server inv3 10.30.0.7:443 ssl
backend alert
    server edge3 10.30.1.10:443 ssl
backend full
    http-request set-path /v1/silent
    server inv1 10.30.0.7:8080 maxconn 1
backend checked
    option httpchk GET /v1/503
    server inv1 10.30.0.7:8080 check inter 300ms fall 2 rise 2
backend checked-refused
    server inv2 10.30.0.7:8081 check inter 300ms fall 2
    server inv1 10.30.0.7:8080
backend checked-dark
    server old1 10.40.0.9:80 check inter 300ms fall 1
    server inv1 10.30.0.7:8080
backend checked-tls
    server edge3 10.30.1.10:443 check inter 300ms fall 1 ssl
    server inv1 10.30.0.7:8080
backend checked-silent
    option httpchk GET /v1/silent
    server inv1 10.30.0.7:8080 check inter 300ms fall 1
backend flaky
    option httpchk GET /v1/flaky-once
    server cat1 10.30.0.7:8080 check inter 700ms fall 1 rise 1
frontend raw
    mode tcp
    option tcplog
    bind 127.0.0.1:8090
    default_backend rawdb
backend rawdb
    mode tcp
    server db1 10.30.0.7:5431
frontend rawfine
    mode tcp
    option tcplog
    bind 127.0.0.1:8091
    default_backend rawok
backend rawok
    mode tcp
    server db2 10.30.0.7:7003
CONF
echo "@@ check"
haproxy -c -f /tmp/haproxy.cfg
echo "@@ start"
haproxy -f /tmp/haproxy.cfg -db &
sleep 3

ask() {
    echo "@@ $1"
    curl -s -o /dev/null -m "${2:-4}" "http://127.0.0.1:8089/$1"
    sleep 0.1
}

for path in stock/v1/ok refused/ dark/ unreachable/ silent/ eof/ reset/ truncated/ garbage/ plain/ alert/ checked/ private limited none/; do ask $path; done
ask silent/ 0.2
echo "@@ queue"
curl -s -o /dev/null -m 3 http://127.0.0.1:8089/full/ &
sleep 0.05
curl -s -o /dev/null -m 3 http://127.0.0.1:8089/full/
sleep 0.5
echo "@@ bad-request"
printf 'HELO mail\r\n\r\n' | nc -w 1 127.0.0.1 8089 > /dev/null
echo "@@ tcp"
nc -w 1 127.0.0.1 8090 < /dev/null > /dev/null
sleep 0.5 | nc -w 1 127.0.0.1 8091 > /dev/null
sleep 1
kill %1
wait
