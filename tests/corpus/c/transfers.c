/* libcurl's easy interface: the code's sentence, the error buffer, the status. */

#include <curl/curl.h>
#include <stdlib.h>

#include "scene.h"

struct one {
    const char *name, *url;
};

static const struct one ALL[] = {
    {"refused", "http://inventory.internal:8081/v1/stock/42"}, {"connect-timeout", "http://legacy.internal/export.csv"}, {"unreachable", "http://nas.internal:5000/share"},
    {"no-route", "https://cdn.example.com/lib/app.js"}, {"nxdomain", "https://checkout.shop.invalid/health"}, {"servfail", "https://hooks.broken-zone.example/in"},
    {"response-timeout", "http://inventory.internal:8080/v1/silent"}, {"body-timeout", "http://files.example.org:8080/v1/slow-body"}, {"eof", "http://payments.internal:8080/v1/eof"},
    {"reset", "http://payments.internal:8080/v1/reset"}, {"truncated", "http://files.example.org:8080/v1/truncated"}, {"chunk-cut", "http://files.example.org:8080/v1/chunk-cut"},
    {"bad-chunk", "http://files.example.org:8080/v1/bad-chunk"}, {"reset-in-body", "http://files.example.org:8080/v1/reset-in-body"}, {"loop", "http://users-api.example.com:8080/v1/loop"},
    {"garbage", "http://users-api.example.com:8080/v1/garbage"}, {"bad-gzip", "http://users-api.example.com:8080/v1/bad-gzip"}, {"401", "http://users-api.example.com:8080/v1/401"},
    {"404", "http://users-api.example.com:8080/v1/404"}, {"429", "http://users-api.example.com:8080/v1/429"}, {"500", "http://users-api.example.com:8080/v1/500"},
    {"503", "http://users-api.example.com:8080/v1/503"}, {"504", "http://users-api.example.com:8080/v1/504"}, {"expired", "https://login.partner.example/oauth/token"},
    {"self-signed", "https://wiki.corp.example/"}, {"name", "https://shop.example.com/cart"}, {"old", "https://old.vendor.example/feed"}, {"tls-eof", "https://edge.example.net/"},
    {"tls-silent", "https://edge2.example.net/"}, {"tls-alert", "https://edge3.example.net/"}, {"plain", "https://inventory.internal/"}, {"fine", "https://api.example.com/v1/ok"},
    {"no-scheme", "gopherx://inventory.internal/stock"}, {"ftp", "ftp://files.example.org:7000/prices.csv"}, {"smtp", "smtp://mail.internal:2525"},
};

static size_t ignore(char *data, size_t size, size_t count, void *unused)
{
    (void)data, (void)unused;
    return size * count;
}

static void fetch(const struct one *it, int style)
{
    char detail[CURL_ERROR_SIZE] = "";
    long status = 0;
    CURL *handle = curl_easy_init();
    curl_easy_setopt(handle, CURLOPT_URL, it->url);
    curl_easy_setopt(handle, CURLOPT_CAINFO, getenv("CORPUS_CA"));
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, 400L);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, 600L);
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(handle, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_FAILONERROR, style == 0 ? 1L : 0L);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, ignore);
    CURLcode code = curl_easy_perform(handle);
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && status < 300)
        syslog_line("syncd", "info: %s: %ld, retries 0, timeout 600 ms not reached", it->url, status);
    else if (code == CURLE_OK)
        syslog_line("syncd", "error: %s: server answered %ld", it->url, status);
    else if (style == 0)
        fprintf(stderr, "curl_easy_perform() failed: %s\n", curl_easy_strerror(code));
    else if (style == 1)
        glog_line('E', "http_fetcher.cc", 203, "fetch %s: curl error %d: %s", it->url, code, detail[0] ? detail : curl_easy_strerror(code));
    else
        fprintf(stderr, "[%s] level=error op=download url=%s rc=%d msg=\"%s\"\n", now("%FT%TZ"), it->url, code, detail[0] ? detail : curl_easy_strerror(code));
    curl_easy_cleanup(handle);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    syslog_line("syncd", "info: libcurl ready, connect timeout 400 ms, total timeout 600 ms, at most 5 redirects, 0 transfers pending");
    for (size_t index = 0; index < sizeof ALL / sizeof *ALL; index++) {
        begin(ALL[index].name);
        fetch(&ALL[index], 0);
        fetch(&ALL[index], 1 + index % 2);
    }
    begin("end");
    syslog_line("syncd", "info: run finished: 12 files, 0 failed, 0 timed out, 1 retried, 48213 bytes");
    return 0;
}
