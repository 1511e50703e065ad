package journal

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Bucket is a small durable map: what it was given is on the disk when Put
// returns.
type Bucket struct {
	js   jetstream.JetStream
	kv   jetstream.KeyValue
	name string
}

// marker is how long the store remembers that a key was removed.
const marker = time.Hour

// Bucket opens the durable map of that name, made of letters, digits, "-" and
// "_".
func (j *Journal) Bucket(ctx context.Context, name string) (*Bucket, error) {
	full := j.cfg.Name + "_" + name
	kv, err := j.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: full, Storage: jetstream.FileStorage, Replicas: j.cfg.Replicas, LimitMarkerTTL: marker,
	})
	if err != nil {
		return nil, fmt.Errorf("bucket %s: %w", name, err)
	}
	return &Bucket{j.js, kv, full}, nil
}

// Get returns the value of a key and whether there is one.
func (b *Bucket) Get(ctx context.Context, key string) ([]byte, bool, error) {
	e, err := b.kv.Get(ctx, spell(key))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("bucket %s: %w", b.name, err)
	}
	return e.Value(), true, nil
}

// Put sets the value of a key.
func (b *Bucket) Put(ctx context.Context, key string, value []byte) error {
	if _, err := b.kv.Put(ctx, spell(key), value); err != nil {
		return fmt.Errorf("bucket %s: %w", b.name, err)
	}
	return nil
}

// PutFor sets the value of a key that is forgotten after ttl, which is rounded
// up to seconds.
func (b *Bucket) PutFor(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	m := nats.NewMsg("$KV." + b.name + "." + spell(key))
	m.Data = value
	m.Header.Set("Nats-TTL", strconv.Itoa(int((ttl+time.Second-1)/time.Second))+"s")
	if _, err := b.js.PublishMsg(ctx, m); err != nil {
		return fmt.Errorf("bucket %s: %w", b.name, err)
	}
	return nil
}

// Delete removes a key, if it is there.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if err := b.kv.Purge(ctx, spell(key), jetstream.PurgeTTL(marker)); err != nil {
		return fmt.Errorf("bucket %s: %w", b.name, err)
	}
	return nil
}

// All returns everything in the bucket.
func (b *Bucket) All(ctx context.Context) (map[string][]byte, error) {
	all := make(map[string][]byte)
	err := b.Each(ctx, func(key string, value []byte) error {
		all[key] = value
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Each hands over everything in the bucket, one after another, until fn fails.
func (b *Bucket) Each(ctx context.Context, fn func(key string, value []byte) error) error {
	watch, err := b.kv.WatchAll(ctx, jetstream.IgnoreDeletes())
	if err != nil {
		return fmt.Errorf("bucket %s: %w", b.name, err)
	}
	defer watch.Stop() //nolint:errcheck // fails only without a connection
	for {
		select {
		case e := <-watch.Updates():
			if e == nil { // the end of what there is
				return nil
			}
			key, err := unspell(e.Key())
			if err == nil {
				err = fn(key, e.Value())
			}
			if err != nil {
				return fmt.Errorf("bucket %s: %w", b.name, err)
			}
		case <-ctx.Done():
			return fmt.Errorf("bucket %s: %w", b.name, ctx.Err())
		}
	}
}

// spell makes any string a key the store accepts.
func spell(key string) string { return "k" + base64.RawURLEncoding.EncodeToString([]byte(key)) }

func unspell(key string) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(key[1:])
	return string(b), err
}

func (j *Journal) openResults(ctx context.Context) error {
	b, err := j.Bucket(ctx, "results")
	j.results = b
	return err
}

// Remember keeps the result of a request under its repeatability id for ttl.
func (j *Journal) Remember(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return j.results.PutFor(ctx, key, value, ttl)
}

// Recall returns the result kept under a repeatability id, if it still is.
func (j *Journal) Recall(ctx context.Context, key string) ([]byte, bool, error) {
	return j.results.Get(ctx, key)
}
