package journal

import (
	"maps"
	"slices"
	"testing"
	"time"
)

func TestABucketKeepsWhatItWasGivenOverARestart(t *testing.T) {
	dir := t.TempDir()
	h := openAt(t, dir, nil)
	b, err := h.Bucket(t.Context(), "things")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"plain", "8:acs:a_b", "4:+1 555.*>", "", "gone"} {
		if err := b.Put(t.Context(), key, []byte("of "+key)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Delete(t.Context(), "gone"); err != nil {
		t.Fatal(err)
	}
	h.close(t)

	h = openAt(t, dir, nil)
	defer h.close(t)
	if b, err = h.Bucket(t.Context(), "things"); err != nil {
		t.Fatal(err)
	}
	all, err := b.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := slices.Sorted(maps.Keys(all)), []string{"", "4:+1 555.*>", "8:acs:a_b", "plain"}; !slices.Equal(got, want) {
		t.Errorf("holds %q", got)
	}
	if v, ok, err := b.Get(t.Context(), "8:acs:a_b"); err != nil || !ok || string(v) != "of 8:acs:a_b" {
		t.Errorf("got %q, %v, %v", v, ok, err)
	}
	if _, ok, err := b.Get(t.Context(), "gone"); err != nil || ok {
		t.Errorf("got what was removed: %v, %v", ok, err)
	}
}

func TestAResultIsRememberedForAWhile(t *testing.T) {
	h := openNew(t, nil)
	if err := h.Remember(t.Context(), "id", []byte("first"), time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := h.Remember(t.Context(), "id", []byte("second"), time.Second); err != nil {
		t.Fatal(err)
	}
	if v, ok, err := h.Recall(t.Context(), "id"); err != nil || !ok || string(v) != "second" {
		t.Errorf("recalled %q, %v, %v", v, ok, err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		_, ok, err := h.Recall(t.Context(), "id")
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("never forgotten")
		}
		pause(t.Context(), 100*time.Millisecond)
	}
}
