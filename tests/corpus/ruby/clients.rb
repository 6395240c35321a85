# What Ruby's standard library says: Net::HTTP, sockets, OpenSSL, resolv, logged by Logger.

require 'logger'
require 'net/http'
require 'net/smtp' rescue nil
require 'resolv'
require 'socket'
require 'timeout'

$stdout.sync = true
LOG = Logger.new($stdout, progname: 'checkout')

URLS = {
  'refused' => 'http://inventory.internal:8081/v1/stock', 'connect-timeout' => 'http://legacy.internal/export.csv', 'unreachable' => 'http://nas.internal:5000/share', 'no-route' => 'https://cdn.example.com/lib/app.js',
  'nxdomain' => 'https://checkout.shop.invalid/health', 'servfail' => 'https://hooks.broken-zone.example/in', 'response-timeout' => 'http://inventory.internal:8080/v1/silent', 'eof' => 'http://payments.internal:8080/v1/eof',
  'reset' => 'http://payments.internal:8080/v1/reset', 'truncated' => 'http://files.example.org:8080/v1/truncated', 'bad-chunk' => 'http://files.example.org:8080/v1/bad-chunk', 'garbage' => 'http://users-api.example.com:8080/v1/garbage',
  '401' => 'http://users-api.example.com:8080/v1/401', '404' => 'http://users-api.example.com:8080/v1/404', '429' => 'http://users-api.example.com:8080/v1/429', '503' => 'http://users-api.example.com:8080/v1/503',
  '504' => 'http://users-api.example.com:8080/v1/504', 'expired' => 'https://login.partner.example/oauth/token', 'self-signed' => 'https://wiki.corp.example/', 'name' => 'https://shop.example.com/cart',
  'tls-eof' => 'https://edge.example.net/', 'tls-silent' => 'https://edge2.example.net/', 'tls-alert' => 'https://edge3.example.net/', 'plain' => 'https://inventory.internal/', 'fine' => 'http://inventory.internal:8080/v1/ok'
}.freeze

def attempt(name)
  puts "@@ #{name}"
  yield
rescue StandardError => error
  error
end

def get(url)
  uri = URI(url)
  Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == 'https', open_timeout: 0.4, read_timeout: 0.4, ssl_timeout: 0.4, max_retries: 0, ca_file: ENV.fetch('CORPUS_CA')) do |http|
    http.get(uri.request_uri).value
  end
end

LOG.info('starting with open_timeout=0.4 read_timeout=0.4 max_retries=0')
URLS.each_with_index do |(name, url), index|
  error = attempt(name) { get(url) && nil }
  if error.nil?
    LOG.info("GET #{url} done, 0 retries, read timeout 0.4 s")
  elsif index.even?
    LOG.error("#{error.class}: #{error.message}")
  else
    LOG.warn("GET #{url} failed (#{error.message})")
  end
end

SOCKETS = {
  'tcp-refused' => -> { TCPSocket.new('redis.internal', 6399) }, 'tcp-timeout' => -> { Socket.tcp('legacy.internal', 9200, connect_timeout: 0.3) }, 'tcp-unreachable' => -> { TCPSocket.new('nas.internal', 445) },
  'tcp-nxdomain' => -> { TCPSocket.new('printer.invalid', 9100) }, 'unix' => -> { UNIXSocket.new('/run/agent.sock') }, 'in-use' => -> { [TCPServer.new('127.0.0.1', 9100), TCPServer.new('127.0.0.1', 9100)] },
  'reset' => -> { s = TCPSocket.new('redis.internal', 6394); s.write("PING\r\n"); s.readline }, 'eof' => -> { s = TCPSocket.new('nats.internal', 4225); s.write("PING\r\n"); s.readline },
  'timeout' => -> { Timeout.timeout(0.3) { TCPSocket.new('broker.internal', 7002).readline } }, 'resolv' => -> { Resolv.getaddress('printer.invalid') }
}.freeze
SOCKETS.each do |name, action|
  error = attempt(name, &action)
  LOG.error("#{error.message} (#{error.class})") if error.is_a?(StandardError)
end
puts '@@ retries'
3.times do |index|
  get('http://inventory.internal:8081/v1/stock')
rescue StandardError => error
  LOG.warn("Retry #{index + 1}/3 after #{error.class.name}, sleeping 2 s")
end
puts '@@ uncaught'
system('ruby', '-rsocket', '-e', "TCPSocket.new('redis.internal', 6399)")
puts '@@ end'
LOG.info('queue drained: 48 jobs, 0 failed, 0 retries, 0 timeouts')
LOG.debug('keep-alive timeout 2 s, connection to inventory.internal:8080 reused')
