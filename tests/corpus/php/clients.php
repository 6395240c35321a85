<?php
// What PHP's streams, curl, PDO and mysqli say, as error_log() and php-fpm write it.

ini_set('display_errors', 'stderr');
ini_set('html_errors', '0');
ini_set('log_errors', '0');
ini_set('default_socket_timeout', '1');

function begin(string $name): void
{
    fwrite(STDOUT, "@@ $name\n");
}

function note(string $level, string $text): void
{
    fwrite(STDOUT, sprintf("[%s] shop.%s: %s [] []\n", date('Y-m-d\TH:i:s.vP'), $level, str_replace("\n", ' ', $text)));
}

note('INFO', 'http client configured {"timeout":0.5,"connect_timeout":0.4,"retries":2,"http_errors":false}');
$urls = [
    'refused' => 'http://inventory.internal:8081/v1/stock', 'connect-timeout' => 'http://legacy.internal/export.csv', 'unreachable' => 'http://nas.internal:5000/share', 'nxdomain' => 'https://checkout.shop.invalid/health',
    'response-timeout' => 'http://inventory.internal:8080/v1/silent', 'eof' => 'http://payments.internal:8080/v1/eof', 'reset' => 'http://payments.internal:8080/v1/reset', '401' => 'http://users-api.example.com:8080/v1/401',
    '404' => 'http://users-api.example.com:8080/v1/404', '429' => 'http://users-api.example.com:8080/v1/429', '503' => 'http://users-api.example.com:8080/v1/503', '504' => 'http://users-api.example.com:8080/v1/504',
    'expired' => 'https://login.partner.example/oauth/token', 'self-signed' => 'https://wiki.corp.example/', 'tls-alert' => 'https://edge3.example.net/', 'plain' => 'https://inventory.internal/', 'fine' => 'http://inventory.internal:8080/v1/ok',
];
foreach ($urls as $name => $url) {
    begin("stream-$name");
    $context = stream_context_create(['http' => ['timeout' => 0.5], 'ssl' => ['cafile' => getenv('CORPUS_CA')]]);
    if (file_get_contents($url, false, $context) !== false) {
        note('INFO', "fetched $url without error, timeout 0.5 s");
    }
    begin("curl-$name");
    $handle = curl_init($url);
    curl_setopt_array($handle, [CURLOPT_RETURNTRANSFER => true, CURLOPT_CONNECTTIMEOUT_MS => 400, CURLOPT_TIMEOUT_MS => 600, CURLOPT_CAINFO => getenv('CORPUS_CA')]);
    curl_exec($handle);
    $status = curl_getinfo($handle, CURLINFO_RESPONSE_CODE);
    if (curl_errno($handle)) {
        note('ERROR', 'cURL error ' . curl_errno($handle) . ': ' . curl_error($handle) . " (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for $url");
    } elseif ($status >= 400) {
        note('WARNING', "Client error: `GET $url` resulted in a `$status` response");
    }
}
foreach (['refused' => ['redis.internal', 6399], 'unreachable' => ['nas.internal', 445], 'nxdomain' => ['printer.invalid', 9100], 'timeout' => ['legacy.internal', 9200]] as $name => [$host, $port]) {
    begin("fsockopen-$name");
    fsockopen($host, $port, $code, $message, 0.4);
    note('ERROR', "fsockopen $host:$port: $message ($code)");
}
foreach (['refused' => 'host=db.internal;port=5431;dbname=orders', 'nxdomain' => 'host=pg-main.invalid;dbname=orders', 'full' => 'host=pg-main.internal;dbname=full', 'starting' => 'host=pg-main.internal;dbname=starting', 'password' => 'host=pg-main.internal;dbname=secret', 'eof' => 'host=db.internal;port=5433;dbname=orders;sslmode=disable'] as $name => $source) {
    begin("pdo-$name");
    try {
        new PDO("pgsql:$source;connect_timeout=2", 'shop', 'x');
    } catch (PDOException $error) {
        note('CRITICAL', get_class($error) . ': ' . $error->getMessage());
    }
}
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
foreach (['refused' => ['db.internal', 3305], 'full' => ['db.internal', 3306], 'denied' => ['db.internal', 3308], 'eof' => ['db.internal', 3310], 'nxdomain' => ['mysql.invalid', 3306]] as $name => [$host, $port]) {
    begin("mysqli-$name");
    try {
        new mysqli($host, 'shop', 'x', 'orders', $port);
    } catch (mysqli_sql_exception $error) {
        note('CRITICAL', "mysqli ($host:$port): " . $error->getMessage());
    }
}
foreach (['refused' => 6399, 'noauth' => 6381, 'loading' => 6380, 'silent' => 6393, 'eof' => 6392] as $name => $port) {
    begin("redis-$name");
    try {
        $redis = new Redis();
        $redis->connect('redis.internal', $port, 0.4, null, 0, 0.4);
        $redis->set('cart:42', '1') ?: note('WARNING', "redis on port $port: " . $redis->getLastError());
    } catch (RedisException $error) {
        note('ERROR', 'RedisException: ' . $error->getMessage());
    }
}
begin('end');
note('INFO', 'worker finished: 48 jobs, 0 failed, 0 timed out, 2 retried');
note('DEBUG', 'connection to redis.internal:6379 kept open (timeout 30 s)');
