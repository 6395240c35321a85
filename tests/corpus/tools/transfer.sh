# git, rsync, nc and the mysql client.

export GIT_TERMINAL_PROMPT=0 GIT_SSL_CAINFO="$CORPUS_CA" GIT_HTTP_LOW_SPEED_LIMIT=1000 GIT_HTTP_LOW_SPEED_TIME=1

git_ask() {
    echo "@@ git-$1"
    timeout 10 git ls-remote "$2"
}

git_ask refused http://git.example.net:8081/shop/cart.git
git_ask nxdomain https://git.invalid/shop/cart.git
git_ask unreachable https://branch-17.example.com/shop/cart.git
git_ask 401 http://git.example.net:8080/401
git_ask 404 http://git.example.net:8080/shop/404
git_ask expired https://login.partner.example/shop/cart.git
git_ask self-signed https://wiki.corp.example/shop/cart.git
git_ask name https://shop.example.com/shop/cart.git
git_ask eof https://edge.example.net/shop/cart.git
git_ask not-git http://git.example.net:8080/shop/cart.git
git_ask daemon-refused git://git.example.net/shop/cart.git
git_ask daemon-eof git://git.example.net:7000/shop/cart.git
git_ask daemon-reset git://git.example.net:7001/shop/cart.git

rsync_ask() {
    echo "@@ rsync-$1"
    shift
    timeout 5 rsync "$@"
}

rsync_ask refused rsync://backup@files.example.org:8730/nightly/
rsync_ask timeout --contimeout=1 rsync://backup@backup.example.org/nightly/
rsync_ask nxdomain rsync://backup@backup.invalid/nightly/
rsync_ask unreachable rsync://backup@nas.internal/nightly/
rsync_ask eof rsync://backup@files.example.org:7000/nightly/
rsync_ask reset rsync://backup@files.example.org:7001/nightly/
rsync_ask silent --timeout=1 rsync://backup@files.example.org:7002/nightly/
rsync_ask ftp rsync://backup@files.example.org:7003/nightly/

nc_ask() {
    echo "@@ nc-$1"
    shift
    timeout 5 nc "$@"
}

nc_ask refused -vz inventory.internal 8081
nc_ask timeout -vz -w 1 legacy.internal 80
nc_ask unreachable -vz nas.internal 445
nc_ask nxdomain -vz printer.invalid 9100
nc_ask open -vz inventory.internal 8080

mysql_ask() {
    echo "@@ mysql-$1"
    shift
    timeout 5 mysql --no-defaults --connect-timeout=1 -u shop -psecret "$@" -e 'SELECT 1'
}

mysql_ask refused -h db.internal -P 3305 orders
mysql_ask socket orders
mysql_ask timeout -h db-replica.internal orders
mysql_ask unreachable -h nas.internal orders
mysql_ask nxdomain -h mysql.invalid orders
mysql_ask full -h db.internal -P 3306 orders
mysql_ask blocked -h db.internal -P 3307 orders
mysql_ask denied -h db.internal -P 3308 orders
mysql_ask unknown -h db.internal -P 3309 orders
mysql_ask eof -h db.internal -P 3310 orders
mysql_ask silent -h db.internal -P 3311 orders
mysql_ask shutdown -h db.internal -P 3312 orders
