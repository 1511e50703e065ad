package cluster_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"github.com/botd-dev/botd/internal/cluster"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, dir string) *cluster.Cluster {
	t.Helper()
	c, err := cluster.Start(t.Context(), cluster.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func stop(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		t.Error(err)
	}
}

func notes(t *testing.T, c *cluster.Cluster) jetstream.KeyValue {
	t.Helper()
	js, err := jetstream.New(c.Conn())
	if err != nil {
		t.Fatal(err)
	}
	kv, err := js.CreateOrUpdateKeyValue(t.Context(), jetstream.KeyValueConfig{Bucket: "notes"})
	if err != nil {
		t.Fatal(err)
	}
	return kv
}

func TestWhatWasWrittenIsThereAfterARestart(t *testing.T) {
	dir := t.TempDir()
	c := start(t, dir)
	if _, err := notes(t, c).PutString(t.Context(), "k", "v"); err != nil {
		t.Fatal(err)
	}
	stop(t, c)

	c = start(t, dir)
	defer stop(t, c)
	got, err := notes(t, c).Get(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Value()) != "v" {
		t.Errorf("read %q", got.Value())
	}
}

func TestTheConnectionSurvivesAReopenedStore(t *testing.T) {
	c := start(t, t.TempDir())
	defer stop(t, c)
	kv := notes(t, c)
	if _, err := kv.PutString(t.Context(), "k", "v"); err != nil {
		t.Fatal(err)
	}
	if err := c.Reopen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		got, err := kv.Get(ctx, "k")
		if err == nil {
			if string(got.Value()) != "v" {
				t.Errorf("read %q", got.Value())
			}
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("never came back: %v", err)
		}
	}
}

func TestAStoreOutsideIsUsedAndNotRestarted(t *testing.T) {
	outside, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	outside.Start()
	defer func() { outside.Shutdown(); outside.WaitForShutdown() }()
	if !outside.ReadyForConnections(10 * time.Second) {
		t.Fatal("not ready")
	}
	c, err := cluster.Start(t.Context(), cluster.Config{URL: outside.ClientURL()})
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, c)
	if _, err := notes(t, c).PutString(t.Context(), "k", "v"); err != nil {
		t.Fatal(err)
	}
	if err := c.Reopen(t.Context()); !errors.Is(err, cluster.ErrOutside) {
		t.Errorf("reopened: %v", err)
	}
}

func TestAStoreNowhereDoesNotStart(t *testing.T) {
	if _, err := cluster.Start(t.Context(), cluster.Config{}); err == nil {
		t.Error("started nowhere")
	}
	if _, err := cluster.Start(t.Context(), cluster.Config{URL: "nats://127.0.0.1:1"}); err == nil {
		t.Error("connected to nobody")
	}
}

func TestTheStoreListensOnNoPort(t *testing.T) {
	c := start(t, t.TempDir())
	defer stop(t, c)
	if addr := c.Conn().ConnectedAddr(); addr != "" && addr != "pipe" {
		t.Errorf("connected over %q", addr)
	}
	if !c.Embedded() {
		t.Error("not embedded")
	}
}
