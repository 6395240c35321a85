# dnsmasq as a forwarding resolver, with its query log.

echo "@@ start"
dnsmasq --no-daemon --log-queries --log-facility=- --user=root --port=5300 --listen-address=127.0.0.1 --bind-interfaces --no-resolv --no-hosts \
    --server=127.0.0.53 --server=/refused.example/127.0.0.99 --address=/cache.local/10.30.0.7 --cache-size=50 --pid-file= &
sleep 0.5
for name in inventory.internal inventory.internal cache.local printer.invalid hooks.broken-zone.example mx-only.example.com db.refused.example; do
    echo "@@ $name"
    dig +tries=1 +time=1 -p 5300 @127.0.0.1 "$name" A > /dev/null
done
echo "@@ statistics"
kill -USR1 %1
sleep 0.3
echo "@@ in-use"
timeout 3 dnsmasq --no-daemon --log-facility=- --user=root --port=5300 --listen-address=127.0.0.1 --bind-interfaces --no-resolv --pid-file=
echo "@@ bad-server"
timeout 3 dnsmasq --no-daemon --log-facility=- --user=root --port=5301 --listen-address=192.0.2.7 --bind-interfaces --no-resolv --pid-file=
echo "@@ stop"
kill %1
wait
