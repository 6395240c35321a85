/* getaddrinfo, connect, recv and bind, reported by perror, gai_strerror and strerror. */

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <arpa/inet.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "scene.h"

/* A connected socket, or -1 with a line that says why. */
static int dial(const char *program, const char *host, const char *port, int limit, int style)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_INET}, *found;
    int code = getaddrinfo(host, port, &hints, &found);
    if (code != 0) {
        if (style == 0)
            fprintf(stderr, "getaddrinfo: %s\n", gai_strerror(code));
        else
            syslog_line(program, "error: cannot resolve %s: %s", host, gai_strerror(code));
        return -1;
    }
    int fd = socket(AF_INET, SOCK_STREAM | (limit ? SOCK_NONBLOCK : 0), 0);
    int failed = connect(fd, found->ai_addr, found->ai_addrlen);
    if (failed && errno == EINPROGRESS) {
        struct pollfd waiting = {.fd = fd, .events = POLLOUT};
        if (poll(&waiting, 1, limit) == 0) {
            syslog_line(program, "error: connect to %s port %s timed out after %d ms", host, port, limit);
            close(fd);
            return -1;
        }
        socklen_t size = sizeof errno;
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &errno, &size);
        failed = errno != 0;
    }
    if (failed) {
        if (style == 0)
            perror("connect");
        else if (style == 1)
            syslog_line(program, "error: connect to %s port %s: %s", host, port, strerror(errno));
        else
            glog_line('E', "dialer.cc", 118, "connect() to %s:%s failed: %s [%d]", inet_ntoa(((struct sockaddr_in *)found->ai_addr)->sin_addr), port, strerror(errno), errno);
        close(fd);
        return -1;
    }
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    return fd;
}

static void connects(void)
{
    begin("refused");
    dial("relayd", "inventory.internal", "8081", 0, 0);
    dial("relayd", "inventory.internal", "8081", 0, 1);
    dial("relayd", "inventory.internal", "8081", 0, 2);
    begin("unreachable");
    dial("relayd", "nas.internal", "445", 0, 0);
    dial("relayd", "nas.internal", "445", 0, 1);
    dial("relayd", "nas.internal", "445", 0, 2);
    begin("no-route");
    dial("relayd", "cdn.example.com", "443", 0, 0);
    dial("relayd", "cdn.example.com", "443", 0, 2);
    begin("connect-timeout");
    dial("relayd", "legacy.internal", "80", 300, 1);
    begin("nxdomain");
    dial("relayd", "printer.invalid", "9100", 0, 0);
    dial("relayd", "printer.invalid", "9100", 0, 1);
    begin("servfail");
    dial("relayd", "hooks.broken-zone.example", "443", 0, 0);
    dial("relayd", "hooks.broken-zone.example", "443", 0, 1);
    begin("nodata");
    dial("relayd", "mx-only.example.com", "25", 0, 1);
    begin("service");
    dial("relayd", "inventory.internal", "no-such-service", 0, 0);
    begin("kernel-timeout");
    int fd = socket(AF_INET, SOCK_STREAM, 0), tries = 1;
    struct sockaddr_in dark = {.sin_family = AF_INET, .sin_port = htons(9200)};
    inet_pton(AF_INET, "10.40.0.9", &dark.sin_addr);
    setsockopt(fd, IPPROTO_TCP, TCP_SYNCNT, &tries, sizeof tries);
    if (connect(fd, (struct sockaddr *)&dark, sizeof dark))
        fprintf(stderr, "10.40.0.9:9200: %m\n");
    close(fd);
}

static void exchange(const char *name, const char *host, const char *port, int limit)
{
    char answer[64];
    begin(name);
    int fd = dial("feedd", host, port, 0, 1);
    struct timeval wait = {.tv_sec = limit / 1000, .tv_usec = limit % 1000 * 1000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    send(fd, "PING\r\n", 6, MSG_NOSIGNAL);
    ssize_t got = recv(fd, answer, sizeof answer, 0);
    if (got < 0) {
        int kept = errno;
        perror("recv");
        syslog_line("feedd", "warning: read from %s:%s failed: %s (errno=%d)", host, port, strerror(kept), kept);
    } else if (got == 0) {
        syslog_line("feedd", "warning: %s:%s closed the connection", host, port);
        glog_line('W', "session.cc", 64, "unexpected EOF from %s, 0 bytes read", host);
    }
    for (int index = 0; index < 3 && send(fd, "PING\r\n", 6, MSG_NOSIGNAL) >= 0; index++)
        usleep(20000);
    if (got == 0)
        glog_line('E', "session.cc", 71, "send failed: %s", strerror(errno));
    close(fd);
}

static void locals(void)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(9100), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    begin("in-use");
    int first = socket(AF_INET, SOCK_STREAM, 0), second = socket(AF_INET, SOCK_STREAM, 0);
    bind(first, (struct sockaddr *)&here, sizeof here);
    listen(first, 1);
    if (bind(second, (struct sockaddr *)&here, sizeof here))
        perror("bind");
    syslog_line("relayd", "fatal: cannot bind to 127.0.0.1 port 9100: %s", strerror(errno));
    begin("not-available");
    inet_pton(AF_INET, "192.0.2.7", &here.sin_addr);
    if (bind(second, (struct sockaddr *)&here, sizeof here))
        glog_line('F', "server.cc", 40, "bind to 192.0.2.7:9100: %s", strerror(errno));
    close(first);
    close(second);
    begin("unix");
    struct sockaddr_un agent = {.sun_family = AF_UNIX, .sun_path = "/run/agent.sock"};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&agent, sizeof agent))
        perror("/run/agent.sock");
    close(fd);
    begin("too-many");
    struct rlimit few = {.rlim_cur = 16, .rlim_max = 16};
    setrlimit(RLIMIT_NOFILE, &few);
    while ((fd = socket(AF_INET, SOCK_STREAM, 0)) >= 0)
        ;
    perror("socket");
    syslog_line("relayd", "error: accept: %s", strerror(errno));
}

static void retries(void)
{
    begin("retries");
    for (int tries = 1; tries <= 3; tries++) {
        int fd = dial("relayd", "redis.internal", "6399", 200, 2);
        if (fd < 0)
            syslog_line("relayd", "notice: upstream redis.internal:6399 down, attempt %d/3, next in %d s", tries, tries * 2);
    }
    syslog_line("relayd", "error: giving up on redis.internal:6399 after 3 attempts");
}

static void healthy(void)
{
    begin("healthy");
    syslog_line("relayd", "info: started, connect timeout 300 ms, read timeout 5 s, 3 retries, backlog 128");
    glog_line('I', "dialer.cc", 96, "TCP keepalive on: idle 60 s, interval 10 s, 6 probes before the connection is reset");
    int fd = dial("relayd", "inventory.internal", "8080", 200, 1);
    syslog_line("relayd", "info: connected to inventory.internal port 8080%s", fd < 0 ? " (not)" : "");
    close(fd);
    syslog_line("relayd", "info: connection to inventory.internal port 8080 closed by us after 14 requests, 0 errors");
    glog_line('I', "stats.cc", 31, "accepted=1204 refused=0 timeouts=0 resets=0 dns_errors=0 retries=2");
    syslog_line("relayd", "debug: resolver timeout:1 attempts:1 nameserver 127.0.0.53");
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    healthy();
    connects();
    exchange("silent", "broker.internal", "7002", 200);
    exchange("reset", "redis.internal", "6394", 1000);
    exchange("eof", "broker.internal", "4225", 1000);
    retries();
    locals();
    return 0;
}
