# mosquitto: clients that fail, and bridges without their other end.

cat > /tmp/mosquitto.conf <<CONF
listener 1899 127.0.0.1
allow_anonymous false
log_type all
max_connections 3
user root
connection warehouse
address 10.30.0.7:1888
topic stock/# in
restart_timeout 1
connection archive
address mqtt.invalid:1883
topic stock/# in
restart_timeout 1
CONF
echo "@@ start"
mosquitto -c /tmp/mosquitto.conf &
sleep 1.5
echo "@@ unauthorised"
printf '\x10\x14\x00\x04MQTT\x04\x02\x00\x02\x00\x08checkout' | nc -w 1 127.0.0.1 1899 > /dev/null
echo "@@ garbage"
printf 'GET / HTTP/1.1\r\n\r\n' | nc -w 1 127.0.0.1 1899 > /dev/null
echo "@@ in-use"
timeout 3 mosquitto -p 1899
echo "@@ open"
kill %1
wait
printf 'listener 1898 127.0.0.1\nallow_anonymous true\nlog_type all\nuser root\n' > /tmp/mosquitto.conf
mosquitto -c /tmp/mosquitto.conf &
sleep 0.5
echo "@@ keepalive"
(printf '\x10\x14\x00\x04MQTT\x04\x02\x00\x01\x00\x08checkout'; sleep 5) | nc -w 5 127.0.0.1 1898 > /dev/null
echo "@@ gone"
(printf '\x10\x14\x00\x04MQTT\x04\x02\x00\x3c\x00\x08checkout'; sleep 0.3) | timeout 0.5 nc 127.0.0.1 1898 > /dev/null
sleep 0.2
echo "@@ taken-over"
(printf '\x10\x14\x00\x04MQTT\x04\x02\x00\x3c\x00\x08checkout'; sleep 1) | nc -w 1 127.0.0.1 1898 > /dev/null &
sleep 0.3
(printf '\x10\x14\x00\x04MQTT\x04\x02\x00\x3c\x00\x08checkout\xe0\x00'; sleep 0.3) | nc -w 1 127.0.0.1 1898 > /dev/null
echo "@@ stop"
kill %1
wait
