// Command grpc calls a server that answers with each status, and peers that are none.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/grpclog"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"corpus/scene"
)

type server struct {
	grpc_health_v1.UnimplementedHealthServer
}

var answers = map[string]*status.Status{
	"unavailable":       status.New(codes.Unavailable, "the service is draining"),
	"exhausted":         status.New(codes.ResourceExhausted, "rate limit of 50 requests per second exceeded"),
	"unauthenticated":   status.New(codes.Unauthenticated, "invalid bearer token"),
	"denied":            status.New(codes.PermissionDenied, "caller lacks scope cart.write"),
	"internal":          status.New(codes.Internal, "nil cart"),
	"not-found":         status.New(codes.NotFound, "cart 42 not found"),
	"invalid":           status.New(codes.InvalidArgument, "quantity must be positive"),
	"aborted":           status.New(codes.Aborted, "concurrent update of cart 42"),
	"cancelled":         status.New(codes.Canceled, "the caller went away"),
	"deadline":          status.New(codes.DeadlineExceeded, "stock check took longer than 250ms"),
	"nested":            status.New(codes.Unavailable, "upstream connect error or disconnect/reset before headers. reset reason: connection refused"),
	"wrapped-exhausted": status.New(codes.ResourceExhausted, "grpc: received message larger than max (5242880 vs. 4194304)"),
}

func (server) Check(ctx context.Context, request *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	if answer, ok := answers[request.Service]; ok {
		return nil, answer.Err()
	}
	if request.Service == "slow" {
		<-ctx.Done()
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	return &grpc_health_v1.HealthCheckResponse{Status: grpc_health_v1.HealthCheckResponse_SERVING}, nil
}

func call(name, target, service string, trust credentials.TransportCredentials, options ...grpc.CallOption) {
	scene.Begin("%s", name)
	connection, err := grpc.NewClient(target, grpc.WithTransportCredentials(trust))
	if err != nil {
		log.Printf("dial %s: %v", target, err)
		return
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 400*time.Millisecond)
	defer cancel()
	_, err = grpc_health_v1.NewHealthClient(connection).Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: service}, options...)
	if err != nil {
		log.Printf("cart.Check via %s: %v", target, err)
		return
	}
	log.Printf("cart.Check via %s: OK", target)
}

func main() {
	grpclog.SetLoggerV2(grpclog.NewLoggerV2WithVerbosity(os.Stderr, os.Stderr, os.Stderr, 0))
	listener, err := net.Listen("tcp", "10.30.0.7:50061")
	if err != nil {
		log.Fatal(err)
	}
	it := grpc.NewServer()
	grpc_health_v1.RegisterHealthServer(it, server{})
	go it.Serve(listener)
	log.Printf("cart service listening at %v", listener.Addr())
	for name := range answers {
		call(name, "dns:///users-api.example.com:50061", name, insecure.NewCredentials())
	}
	call("slow", "users-api.example.com:50061", "slow", insecure.NewCredentials())
	call("fine", "users-api.example.com:50061", "", insecure.NewCredentials())
	for _, peer := range [][2]string{
		{"refused", "users-api.example.com:50062"}, {"timeout", "legacy.internal:50051"}, {"unreachable", "nas.internal:50051"},
		{"nxdomain", "recommender.invalid:50051"}, {"eof", "users-api.example.com:7000"}, {"reset", "users-api.example.com:7001"},
		{"silent", "users-api.example.com:7002"}, {"http", "inventory.internal:8080"},
	} {
		call(peer[0], peer[1], "", insecure.NewCredentials())
		call(peer[0]+"-waiting", peer[1], "", insecure.NewCredentials(), grpc.WaitForReady(true))
	}
	trust := credentials.NewClientTLSFromCert(scene.Trust(), "")
	for _, host := range []string{"login.partner.example", "wiki.corp.example", "shop.example.com", "edge.example.net", "edge3.example.net", "inventory.internal", "gateway.bank.example"} {
		call("tls-"+host, host+":443", "", trust)
	}
	scene.Begin("stop")
	it.Stop()
	call("stopped", "users-api.example.com:50061", "", insecure.NewCredentials())
	fmt.Fprintln(os.Stderr, "cart service stopped, 0 streams open")
}
