// Command logrusklog logs with logrus, klog, hclog and charmbracelet/log.
package main

import (
	"context"
	"errors"
	"flag"
	"net"
	"net/http"
	"os"
	"time"

	charm "github.com/charmbracelet/log"
	"github.com/hashicorp/go-hclog"
	"github.com/sirupsen/logrus"
	"k8s.io/klog/v2"

	"corpus/scene"
)

func main() {
	klog.InitFlags(nil)
	flag.Set("logtostderr", "true")
	logrus.SetOutput(os.Stderr)
	json := logrus.New()
	json.SetFormatter(&logrus.JSONFormatter{})
	agent := hclog.New(&hclog.LoggerOptions{Name: "agent", Level: hclog.Debug})
	worker := charm.NewWithOptions(os.Stderr, charm.Options{ReportTimestamp: true, Prefix: "worker"})

	klog.Infof("Starting controller shop-operator, resync period 30s")
	klog.V(0).InfoS("Watching", "resource", "carts.shop.example", "timeout", "5m0s")
	agent.Info("joined cluster", "members", 3, "addr", "10.30.0.20:8301")
	worker.Info("queue connected", "url", "amqp://mq.internal:5672")
	client := scene.Client(400 * time.Millisecond)
	for index, it := range scene.HTTP {
		scene.Begin("%s", it.Name)
		err := scene.Get(context.Background(), client, it.URL)
		if err == nil {
			logrus.WithField("status", 200).Info("webhook delivered")
			klog.InfoS("Reconciled", "cart", "shop/cart-42", "duration", "12.4ms")
			continue
		}
		switch index % 5 {
		case 0:
			logrus.WithError(err).WithField("url", it.URL).Error("webhook delivery failed")
		case 1:
			json.WithError(err).Warn("cannot sync, will retry in 10s")
		case 2:
			klog.ErrorS(err, "Failed to update status", "cart", "shop/cart-42", "retries", 3)
		case 3:
			agent.Error("health check failed", "check", "service:stock", "error", err)
		default:
			worker.Error("job failed", "err", err, "job", 4711)
		}
	}
	kubernetes()
	scene.Begin("end")
	klog.Flush()
}

func kubernetes() {
	scene.Begin("reflector")
	err := scene.Get(context.Background(), http.DefaultClient, "https://127.0.0.1:6443/apis/shop/v1/carts?limit=500&resourceVersion=0")
	klog.Errorf("reflector.go:147: Failed to watch *v1.Cart: failed to list *v1.Cart: %v", err)
	scene.Begin("leader")
	_, err = net.DialTimeout("tcp", "legacy.internal:6443", 200*time.Millisecond)
	klog.Warningf("error retrieving resource lock shop/leader: %v", err)
	klog.Infof("failed to acquire lease shop/leader")
	scene.Begin("probe")
	err = scene.Get(context.Background(), scene.Client(200*time.Millisecond), "http://10.30.0.7:8080/silent")
	klog.InfoS("Probe failed", "probeType", "Readiness", "pod", "shop/cart-0", "probeResult", "failure", "output", "Get failed: "+err.Error())
	scene.Begin("program")
	klog.ErrorS(errors.New("strconv.Atoi: parsing \"abc\": invalid syntax"), "Skipping malformed annotation", "cart", "shop/cart-42")
}
