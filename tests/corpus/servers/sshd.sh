# sshd and its clients that fail.

mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f /tmp/host_key
ssh-keygen -q -t ed25519 -N '' -f /tmp/user_key
cat > /tmp/sshd_config <<CONF
Port 2299
ListenAddress 127.0.0.1
HostKey /tmp/host_key
PidFile none
LoginGraceTime 1
MaxStartups 2:100:2
UsePAM no
PasswordAuthentication no
AuthorizedKeysFile /tmp/none
LogLevel VERBOSE
CONF
echo "@@ start"
$(command -v sshd) -D -e -f /tmp/sshd_config &
sleep 0.5
echo "@@ rejected"
ssh -q -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -i /tmp/user_key -p 2299 root@127.0.0.1 true
echo "@@ unknown-user"
ssh -q -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -i /tmp/user_key -p 2299 deploy@127.0.0.1 true
echo "@@ not-ssh"
printf 'GET / HTTP/1.1\r\n\r\n' | nc -w 1 127.0.0.1 2299 > /dev/null
echo "@@ closed"
nc -z 127.0.0.1 2299
sleep 0.2
echo "@@ silent"
(sleep 2) | nc -w 2 127.0.0.1 2299 > /dev/null
echo "@@ many"
for _ in 1 2 3 4; do (sleep 0.5 | nc -w 1 127.0.0.1 2299 > /dev/null) & done
sleep 1.5
echo "@@ in-use"
timeout 3 $(command -v sshd) -D -e -f /tmp/sshd_config
echo "@@ stop"
kill %1
sleep 0.3
