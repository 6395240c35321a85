# openssl s_client, as people use it to look at a certificate.

ask() {
    echo "@@ $1"
    shift
    timeout 2 openssl s_client -brief -CAfile "$CORPUS_CA" "$@" </dev/null
}

ask refused -connect api.example.com:8444
ask nxdomain -connect vault.invalid:8200
ask unreachable -connect nas.internal:443
ask expired -connect login.partner.example:443 -servername login.partner.example -verify_return_error
ask self-signed -connect wiki.corp.example:443 -verify_return_error
ask unknown -connect artifacts.corp.example:443
ask future -connect licence.vendor.example:443 -verify_return_error
ask name -connect shop.example.com:443 -verify_hostname shop.example.com -verify_return_error
ask eof -connect edge.example.net:443
ask alert -connect edge3.example.net:443
ask plain -connect inventory.internal:443
ask old -connect old.vendor.example:443
ask client -connect gateway.bank.example:443
ask starttls -connect mail.internal:2525 -starttls smtp
ask fine -connect api.example.com:443
