/* OpenSSL as a client: what its error queue and its verification say. */

#include <errno.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "scene.h"

static int dial(const char *host, int port)
{
    char service[16];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_INET}, *found;
    snprintf(service, sizeof service, "%d", port);
    if (getaddrinfo(host, service, &hints, &found))
        return -1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval wait = {.tv_usec = 300000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    return connect(fd, found->ai_addr, found->ai_addrlen) ? -1 : fd;
}

static void shake(const char *name, const char *host, int port, int style)
{
    begin(name);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_load_verify_locations(context, getenv("CORPUS_CA"), NULL);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL *session = SSL_new(context);
    SSL_set1_host(session, host);
    SSL_set_tlsext_host_name(session, host);
    SSL_set_fd(session, dial(host, port));
    int done = SSL_connect(session);
    int reason = SSL_get_error(session, done);
    long verdict = SSL_get_verify_result(session);
    if (done == 1) {
        syslog_line("stunneld", "info: %s:%d %s %s, verify return code 0 (ok), 0 handshake errors", host, port, SSL_get_version(session), SSL_get_cipher(session));
    } else if (verdict != X509_V_OK && style == 1) {
        syslog_line("stunneld", "error: certificate of %s rejected: %s", host, X509_verify_cert_error_string(verdict));
    } else if (verdict != X509_V_OK && style == 2) {
        glog_line('E', "tls_client.cc", 77, "Verify return code: %ld (%s), peer %s:%d", verdict, X509_verify_cert_error_string(verdict), host, port);
    } else if (reason == SSL_ERROR_SYSCALL && ERR_peek_error() == 0) {
        syslog_line("stunneld", "error: SSL_connect to %s:%d: %s", host, port, done == 0 ? "EOF was observed that violates the protocol" : strerror(errno));
    } else if (reason == SSL_ERROR_WANT_READ) {
        syslog_line("stunneld", "error: TLS handshake with %s:%d timed out after 300 ms", host, port);
    } else if (style == 1) {
        syslog_line("stunneld", "error: SSL_connect to %s:%d: %s", host, port, ERR_reason_error_string(ERR_get_error()));
    } else {
        ERR_print_errors_fp(stderr);
    }
    ERR_clear_error();
    SSL_free(session);
    SSL_CTX_free(context);
}

int main(void)
{
    const char *hosts[] = {"login.partner.example", "wiki.corp.example", "shop.example.com", "artifacts.corp.example", "licence.vendor.example", "old.vendor.example",
                           "edge.example.net", "edge2.example.net", "edge3.example.net", "inventory.internal", "api.example.com"};
    const char *names[] = {"expired", "self-signed", "name", "unknown", "future", "old", "tls-eof", "tls-silent", "tls-alert", "plain", "fine"};
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t index = 0; index < sizeof hosts / sizeof *hosts; index++)
        for (int style = 0; style < 3; style++)
            shake(names[index], hosts[index], 443, style);
    begin("settings");
    syslog_line("stunneld", "info: TLS 1.2 to 1.3, session timeout 300 s, verify depth 4, CRL check off");
    return 0;
}
