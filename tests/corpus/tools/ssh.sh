# The ssh client and what runs over it.

export GIT_SSH_COMMAND="ssh -F none -o BatchMode=yes -o ConnectTimeout=2 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/tmp/known"

ask() {
    echo "@@ $1"
    shift
    timeout 5 $GIT_SSH_COMMAND "$@" true
}

ask refused -p 2222 deploy@inventory.internal
ask refused-verbose -v -p 2222 deploy@inventory.internal
ask connect-timeout deploy@legacy.internal
ask unreachable deploy@nas.internal
ask no-route deploy@cdn.example.com
ask nxdomain deploy@bastion.invalid
ask servfail deploy@hooks.broken-zone.example
ask eof -p 2200 deploy@git.example.net
ask reset -p 2201 deploy@git.example.net
ask silent -p 2202 deploy@git.example.net
ask http -p 2203 deploy@git.example.net
ask keep-alive -o ServerAliveInterval=1 -p 2202 deploy@git.example.net
ask forward -o ProxyCommand='nc proxy.invalid 3128' deploy@git.example.net
echo "@@ scp"
scp -o BatchMode=yes -o ConnectTimeout=2 -P 2222 /etc/hostname deploy@inventory.internal:/srv/
echo "@@ sftp"
sftp -o BatchMode=yes -o ConnectTimeout=2 -P 2200 deploy@git.example.net
echo "@@ git-ssh"
timeout 5 git ls-remote ssh://git@git.example.net:2222/shop/cart.git
timeout 5 git ls-remote ssh://git@git.example.net:2200/shop/cart.git
echo "@@ rsync-ssh"
timeout 5 rsync -e "$GIT_SSH_COMMAND -p 2222" /etc/hostname deploy@inventory.internal:/srv/
