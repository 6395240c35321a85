# rabbitmq-server: starting, clients that fail to log in or leave, stopping.

export RABBITMQ_MNESIA_BASE=/tmp/rabbit RABBITMQ_LOGS=- RABBITMQ_LOG_BASE=/tmp/rabbit-log RABBITMQ_NODENAME=rabbit@localhost RABBITMQ_PID_FILE=/tmp/rabbit.pid HOME=/tmp RABBITMQ_ENABLED_PLUGINS_FILE=/tmp/plugins RABBITMQ_CONFIG_FILE=/tmp/rabbitmq
printf '[].\n' > /tmp/plugins
printf 'listeners.tcp.1 = 127.0.0.1:5699\nhandshake_timeout = 1000\nlog.console = true\nlog.console.level = info\n' > /tmp/rabbitmq.conf
server=/usr/lib/rabbitmq/bin/rabbitmq-server
echo "@@ start"
$server > /tmp/rabbit.out 2>&1 &
for _ in $(seq 60); do grep -q 'Time to start\|startup complete' /tmp/rabbit.out && break; sleep 0.5; done
talk() {
    echo "@@ $1"
    before=$(wc -l < /tmp/rabbit.out)
    eval "$2" > /dev/null 2>&1
    sleep 0.7
    tail -n "+$((before + 1))" /tmp/rabbit.out
}
grep -E 'Disk free limit|retries|synced|peer nodes|TCP|startup complete|upgrades: All|worker pool' /tmp/rabbit.out
start='AMQP\x00\x00\x09\x01'
talk garbage "printf 'GET / HTTP/1.1\r\n\r\n' | nc -w 1 127.0.0.1 5699"
talk silent "(sleep 1.5) | nc -w 2 127.0.0.1 5699"
talk closed-in-handshake "printf '$start' | timeout 0.3 nc 127.0.0.1 5699"
talk closed-at-once "nc -w 1 -z 127.0.0.1 5699"
login='\x01\x00\x00\x00\x00\x00\x24\x00\x0a\x00\x0b\x00\x00\x00\x00\x05PLAIN\x00\x00\x00\x0c\x00guest\x00wrong\x05en_US\xce'
talk login "(printf '$start'; sleep 0.3; printf '$login'; sleep 1) | nc -w 2 127.0.0.1 5699"
before=$(wc -l < /tmp/rabbit.out)
echo "@@ stop"
kill "$(cat /tmp/rabbit.pid)"
sleep 3
tail -n "+$((before + 1))" /tmp/rabbit.out
wait
