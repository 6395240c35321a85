# redis-server: starting, limits, a replica without its master.

cd "$(mktemp -d)"
echo "@@ start"
redis-server --port 6800 --maxclients 4 --save "" --requirepass secret &
sleep 1
echo "@@ clients"
for index in 1 2 3 4 5 6; do (sleep 1 | nc -w 1 127.0.0.1 6800) & done
sleep 3
echo "@@ in-use"
timeout 5 redis-server --port 6800 --save ""
echo "@@ replica-refused"
timeout 3 redis-server --port 6801 --save "" --replicaof 10.30.0.7 6399
echo "@@ replica-noauth"
timeout 2 redis-server --port 6801 --save "" --replicaof 127.0.0.1 6800 | head -40
echo "@@ replica-unreachable"
timeout 2 redis-server --port 6801 --save "" --replicaof 10.50.0.9 6379
echo "@@ replica-silent"
timeout 6 redis-server --port 6801 --save "" --replicaof 10.30.0.7 6393 --repl-timeout 2
echo "@@ replica-dark"
timeout 6 redis-server --port 6801 --save "" --replicaof 10.40.0.9 6379 --repl-timeout 2
echo "@@ replica-http"
timeout 2 redis-server --port 6801 --save "" --replicaof 10.30.0.7 8080 | head -40
echo "@@ replica-fine"
timeout 4 redis-server --port 6801 --save "" --replicaof 127.0.0.1 6800 --masterauth secret &
sleep 3
echo "@@ master-gone"
redis-cli -p 6800 -a secret --no-auth-warning shutdown nosave
wait
echo "@@ bad-address"
timeout 3 redis-server --port 6802 --bind 192.0.2.7 --save ""
