package identity_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/botd-dev/botd/identity"
)

// moody is a store whose answers can get lost: before it does what it is told,
// or after.
type moody struct {
	memory
	before, after error
}

func (m *moody) Get(ctx context.Context, key string) ([]byte, bool, error) {
	if m.before != nil {
		return nil, false, m.before
	}
	return m.memory.Get(ctx, key)
}

func (m *moody) Put(ctx context.Context, key string, value []byte) error {
	if m.before != nil {
		return m.before
	}
	return errors.Join(m.memory.Put(ctx, key, value), m.after)
}

func (m *moody) Delete(ctx context.Context, key string) error {
	if m.before != nil {
		return m.before
	}
	return errors.Join(m.memory.Delete(ctx, key), m.after)
}

var errDown = errors.New("the disk is gone")

// moodyUsers are users in such a store, with an issuer, one of them, a token of
// theirs, and a record of who was told to be revoked.
func moodyUsers(t *testing.T) (b *bench, store *moody, id identity.ID, token string, told *[]identity.ID) {
	t.Helper()
	store = &moody{}
	key, err := newKey()
	if err != nil {
		t.Fatal(err)
	}
	b = &bench{users: identity.NewUsers(store, uuid.New()), now: time.Now()}
	b.Issuer, err = identity.NewIssuer(identity.IssuerConfig{Key: key, URL: "u", Users: b.users, Now: func() time.Time { return b.now }})
	if err != nil {
		t.Fatal(err)
	}
	told = new([]identity.ID)
	b.users.OnRevoke(func(id identity.ID) { *told = append(*told, id) })
	id, token = b.user(t)
	return b, store, id, token, told
}

func TestAStoreThatIsAwaySaysNothingOfAToken(t *testing.T) {
	b, store, id, token, _ := moodyUsers(t)
	store.before = errDown
	_, verified := b.VerifyUser(t.Context(), token)
	_, issued := b.IssueUser(t.Context(), id, identity.Grant{For: time.Hour})
	_, created := b.users.Create(t.Context())
	_, named := b.users.Named(t.Context(), "alice")
	_, exists := b.users.Exists(t.Context(), id)
	for name, err := range map[string]error{
		"verify": verified, "issue": issued, "create": created, "named": named, "exists": exists,
		"add": b.users.Add(t.Context(), id), "revoke": b.users.Revoke(t.Context(), id), "delete": b.users.Delete(t.Context(), id),
	} {
		if !errors.Is(err, identity.ErrStore) || errors.Is(err, identity.ErrToken) || errors.Is(err, identity.ErrNoUser) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.refuses(t, "one that nobody has to be asked about", "a.b.c")
	store.before = nil
	if _, err := b.VerifyUser(t.Context(), token); err != nil {
		t.Errorf("when it is back: %v", err)
	}
}

func TestADeletionWhoseAnswerWasLostSucceedsWhenAskedAgain(t *testing.T) {
	b, store, id, token, told := moodyUsers(t)
	store.after = errDown
	if err := b.users.Delete(t.Context(), id); !errors.Is(err, identity.ErrStore) {
		t.Errorf("the first time: %v", err)
	}
	if !slices.Equal(*told, []identity.ID{id}) {
		t.Errorf("told %v: it may have happened, and nobody was cut", *told)
	}
	store.after = nil
	b.refuses(t, "deleted", token)
	if err := b.users.Delete(t.Context(), id); err != nil {
		t.Errorf("the second time: %v", err)
	}
	if err := b.users.Delete(t.Context(), id); !errors.Is(err, identity.ErrNoUser) {
		t.Errorf("the third time: %v", err)
	}
}

func TestADeletionThatDidNotHappenIsDoneWhenAskedAgain(t *testing.T) {
	b, store, id, token, _ := moodyUsers(t)
	store.before = errDown
	if err := b.users.Delete(t.Context(), id); !errors.Is(err, identity.ErrStore) {
		t.Errorf("the first time: %v", err)
	}
	store.before = nil
	if _, err := b.VerifyUser(t.Context(), token); err != nil {
		t.Errorf("meanwhile: %v", err)
	}
	if err := b.users.Delete(t.Context(), id); err != nil {
		t.Errorf("the second time: %v", err)
	}
	b.refuses(t, "deleted", token)
}

func TestAUserWhoCameBackIsNotTakenForOneThatLeaves(t *testing.T) {
	b, store, id, _, _ := moodyUsers(t)
	store.after = errDown
	_ = b.users.Delete(t.Context(), id)
	store.after = nil
	for _, err := range []error{b.users.Add(t.Context(), id), b.users.Delete(t.Context(), id)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := b.users.Delete(t.Context(), id); !errors.Is(err, identity.ErrNoUser) {
		t.Errorf("deleted twice: %v", err)
	}
}

func TestARevocationWhoseAnswerWasLostCutsAllTheSame(t *testing.T) {
	b, store, id, token, told := moodyUsers(t)
	store.after = errDown
	if err := b.users.Revoke(t.Context(), id); !errors.Is(err, identity.ErrStore) {
		t.Errorf("%v", err)
	}
	if !slices.Equal(*told, []identity.ID{id}) {
		t.Errorf("told %v", *told)
	}
	b.refuses(t, "revoked", token)
}

// hanging is a store that holds on to one user until the context ends.
type hanging struct {
	memory
	over identity.ID
}

func (h *hanging) Get(ctx context.Context, key string) ([]byte, bool, error) {
	if key == string(h.over) {
		<-ctx.Done()
		return nil, false, ctx.Err()
	}
	return h.memory.Get(ctx, key)
}

func TestAStoreThatHangsOverOneUserHoldsUpNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &hanging{over: alice}
		users := identity.NewUsers(store, uuid.New())
		slow, cancel := context.WithCancel(t.Context())
		first := make(chan error, 1)
		go func() { first <- users.Add(slow, alice) }()
		synctest.Wait() // it has its turn
		if _, err := users.Named(t.Context(), "bob"); err != nil {
			t.Errorf("somebody else: %v", err)
		}
		began := time.Now()
		short, done := context.WithTimeout(t.Context(), time.Second)
		defer done()
		if err := users.Delete(short, alice); !errors.Is(err, identity.ErrStore) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the same user: %v", err)
		}
		if d := time.Since(began); d != time.Second {
			t.Errorf("it waited %v for its turn", d)
		}
		cancel()
		if err := <-first; !errors.Is(err, identity.ErrStore) {
			t.Errorf("the first: %v", err)
		}
	})
}
