# nginx as a gateway: its error log, and two formats of its access log.

work=/tmp/nginx
mkdir -p $work
cat > "$work/nginx.conf" <<'CONF'
daemon off;
worker_processes 1;
pid /tmp/nginx.pid;
error_log stderr info;
events { worker_connections 64; }
http {
    log_format timing '$remote_addr [$time_local] "$request" $status $body_bytes_sent rt=$request_time uct="$upstream_connect_time" urt="$upstream_response_time" upstream="$upstream_addr" ustatus="$upstream_status"';
    map $uri $is_plain { default 0; ~^/(health|timeouts|missing|refused|silent|api|limited|private) 1; }
    map $uri $is_timed { default 0; ~^/(health|timeouts|dark|reset|truncated|slow-body|silent|tls-silent|api|named|limited) 1; }
    access_log /dev/stdout combined if=$is_plain;
    access_log /dev/stdout timing if=$is_timed;
    resolver 127.0.0.53 valid=1s ipv6=off;
    resolver_timeout 500ms;
    proxy_connect_timeout 300ms;
    proxy_read_timeout 400ms;
    client_max_body_size 1k;
    client_header_timeout 500ms;
    limit_req_zone $server_name zone=few:32k rate=1r/m;
    proxy_temp_path /tmp/nginx-proxy;
    client_body_temp_path /tmp/nginx-body;
    fastcgi_temp_path /tmp/nginx-fastcgi;
    uwsgi_temp_path /tmp/nginx-uwsgi;
    scgi_temp_path /tmp/nginx-scgi;
    upstream pair { server 10.30.0.7:8081 max_fails=1 fail_timeout=30s; server 10.30.0.7:8082 max_fails=1 fail_timeout=30s; }
    server {
        listen 127.0.0.1:8088;
        server_name shop.internal;
        root /tmp/nginx-root;
        location /refused { proxy_pass http://10.30.0.7:8081/v1/stock; }
        location /dark { proxy_pass http://10.40.0.9:80/export; }
        location /unreachable { proxy_pass http://10.50.0.9:5000/share; }
        location /silent { proxy_pass http://10.30.0.7:8080/v1/silent; }
        location /slow-body { proxy_pass http://10.30.0.7:8080/v1/slow-body; }
        location /eof { proxy_pass http://10.30.0.7:8080/v1/eof; }
        location /reset { proxy_pass http://10.30.0.7:8080/v1/reset; }
        location /truncated { proxy_pass http://10.30.0.7:8080/v1/truncated; }
        location /garbage { proxy_pass http://10.30.0.7:2525/; }
        location /expired { proxy_pass https://10.30.1.1/; proxy_ssl_verify on; proxy_ssl_name login.partner.example; proxy_ssl_trusted_certificate CA; }
        location /name { proxy_pass https://10.30.1.3/; proxy_ssl_verify on; proxy_ssl_name shop.example.com; proxy_ssl_trusted_certificate CA; }
        location /plain { proxy_pass https://10.30.0.7:443/; }
        location /alert { proxy_pass https://10.30.1.10/; }
        location /tls-eof { proxy_pass https://10.30.1.8/; }
        location /tls-silent { proxy_pass https://10.30.1.9/; }
        location /pair { proxy_pass http://pair; }
        location /api/ { proxy_pass http://10.30.0.7:8080/v1/; }
        location /named { set $peer checkout.shop.invalid; proxy_pass http://$peer:8080; }
        location /slow-name { set $peer tracker.slow-zone.example; proxy_pass http://$peer:8080; }
        location /broken-name { set $peer hooks.broken-zone.example; proxy_pass http://$peer:8080; }
        location /agent { proxy_pass http://unix:/run/agent.sock:/; }
        location /limited { limit_req zone=few; proxy_pass http://10.30.0.7:8080/v1/ok; }
        location /private { deny all; }
        location /health { return 200 "ok"; }
    }
    server { listen 127.0.0.1:8443 ssl; ssl_certificate CERT; ssl_certificate_key KEY; return 204; }
}
CONF
sed -i "s#CA;#$CORPUS_CA;#; s#CERT;#/srv/shop/tls/10.30.0.8.pem;#; s#KEY;#/srv/shop/tls/10.30.0.8.key;#" "$work/nginx.conf"
mkdir -p /tmp/nginx-root
echo "retry policy and timeouts" > /tmp/nginx-root/timeouts.html

echo "@@ test"
nginx -p "$work" -c "$work/nginx.conf" -t
echo "@@ start"
nginx -p "$work" -c "$work/nginx.conf" &
sleep 1

ask() {
    echo "@@ $1"
    curl -s -o /dev/null -m "${2:-3}" "http://127.0.0.1:8088/$1"
    sleep 0.05
}

for path in health timeouts.html missing.html; do ask $path; done
echo "@@ cached"
curl -s -o /dev/null -H "If-Modified-Since: $(date -u -r /tmp/nginx-root/timeouts.html "+%a, %d %b %Y %H:%M:%S GMT")" http://127.0.0.1:8088/timeouts.html
for path in refused dark unreachable silent slow-body eof reset truncated garbage expired name plain alert tls-eof tls-silent pair pair api/ok api/404 api/429 api/500 api/503 api/504 named slow-name broken-name agent limited limited private; do
    ask $path
done
ask silent 0.2
echo "@@ too-large"
head -c 4000 /dev/zero | curl -s -o /dev/null --data-binary @- http://127.0.0.1:8088/api/ok
echo "@@ plain-to-tls"
curl -s -o /dev/null http://127.0.0.1:8443/
echo "@@ client-rejects"
curl -s -o /dev/null https://127.0.0.1:8443/
echo "@@ no-handshake"
printf 'SSH-2.0-OpenSSH_9.2\r\n' | nc -w 1 127.0.0.1 8443 > /dev/null
echo "@@ bad-request"
printf 'HELO mail\r\n\r\n' | nc -w 1 127.0.0.1 8088 > /dev/null
echo "@@ in-use"
sed "s#/tmp/nginx.pid#/tmp/other.pid#; s#8443#8444#" "$work/nginx.conf" > "$work/other.conf"
timeout 5 nginx -p "$work" -c "$work/other.conf"
echo "@@ unknown-upstream"
sed 's#http://pair;#http://checkout.shop.invalid;#' "$work/nginx.conf" > "$work/other.conf"
nginx -p "$work" -c "$work/other.conf" -t
echo "@@ reload"
kill -HUP "$(cat /tmp/nginx.pid)"
sleep 0.5
kill -QUIT "$(cat /tmp/nginx.pid)"
wait
