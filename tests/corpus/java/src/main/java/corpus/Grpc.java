package corpus;

import io.grpc.CallOptions;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** grpc-java, logged by logback. */
public final class Grpc {
    private static final Logger LOG = LoggerFactory.getLogger("shop.recommender");
    private static final Map<String, Status> FAILURES = new TreeMap<>(Map.of(
        "unavailable", Status.UNAVAILABLE.withDescription("backend is draining"), "exhausted", Status.RESOURCE_EXHAUSTED.withDescription("quota exceeded"),
        "unauthenticated", Status.UNAUTHENTICATED.withDescription("token expired"), "denied", Status.PERMISSION_DENIED, "internal", Status.INTERNAL.withDescription("null pointer in pricing"),
        "missing", Status.NOT_FOUND.withDescription("no such cart"), "deadline", Status.DEADLINE_EXCEEDED.withDescription("inventory took too long")));

    public static void main(String[] arguments) throws Exception {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder("cart.Cart");
        FAILURES.forEach((name, status) -> service.addMethod(method(name), ServerCalls.asyncUnaryCall((request, answer) -> answer.onError(status.asRuntimeException()))));
        service.addMethod(method("silent"), ServerCalls.asyncUnaryCall((request, answer) -> { }));
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress("10.30.0.7", 50091), InsecureServerCredentials.create()).addService(service.build()).build().start();
        LOG.info("server listening on port {}, keepalive timeout 20s, max connection idle 300s", server.getPort());
        for (String name : FAILURES.keySet()) {
            call(name, plain("users-api.example.com:50091"), name, "users-api.example.com:50091");
        }
        call("silent", plain("users-api.example.com:50091"), "silent", "users-api.example.com:50091");
        call("unknown", plain("users-api.example.com:50091"), "unknown", "users-api.example.com:50091");
        for (String target : new String[] {"users-api.example.com:50092", "nas.internal:50051", "cart.invalid:50051", "redis.internal:6394", "inventory.internal:8080"}) {
            call("target-" + target, plain(target), "silent", target);
        }
        for (String host : new String[] {"login.partner.example", "wiki.corp.example", "shop.example.com", "edge3.example.net", "inventory.internal"}) {
            var tls = GrpcSslContexts.forClient().trustManager(new File(System.getenv("CORPUS_CA"))).build();
            call("tls-" + host, NettyChannelBuilder.forTarget(host + ":443").sslContext(tls).build(), "silent", host + ":443");
        }
        Scene.begin("in-use");
        try {
            NettyServerBuilder.forAddress(new InetSocketAddress("10.30.0.7", 50091), InsecureServerCredentials.create()).build().start();
        } catch (java.io.IOException error) {
            LOG.error("cannot serve: {}", Scene.chain(error));
        }
        LOG.info("12 calls finished, 0 deadline exceeded, 0 cancelled, retry throttling off");
        System.exit(0);
    }

    private static ManagedChannel plain(String target) {
        return ManagedChannelBuilder.forTarget(target).usePlaintext().build();
    }

    private static void call(String name, ManagedChannel channel, String method, String target) {
        Scene.attempt(name, () -> ClientCalls.blockingUnaryCall(channel, method(method), CallOptions.DEFAULT.withDeadlineAfter(600, TimeUnit.MILLISECONDS), new byte[0]),
            error -> LOG.warn("rpc to {} failed: {}", target, Scene.chain(error)));
        channel.shutdownNow();
    }

    private static MethodDescriptor<byte[], byte[]> method(String name) {
        return MethodDescriptor.<byte[], byte[]>newBuilder().setType(MethodDescriptor.MethodType.UNARY).setFullMethodName("cart.Cart/" + name).setRequestMarshaller(new Bytes()).setResponseMarshaller(new Bytes()).build();
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (java.io.IOException error) {
                throw new java.io.UncheckedIOException(error);
            }
        }
    }
}
