package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/google/uuid"
)

// ErrNoUser means that no user has that ID.
var ErrNoUser = errors.New("no such user")

// ErrStore means that the store could not be asked or told. It says nothing of
// the user: to try again later is right.
var ErrStore = errors.New("the users cannot be reached")

// Store keeps users. What Put and Delete did must survive the process.
type Store interface {
	// Get returns the value of a key and whether there is one.
	Get(ctx context.Context, key string) ([]byte, bool, error)
	Put(ctx context.Context, key string, value []byte) error
	Delete(ctx context.Context, key string) error
}

// Users are the users of a resource. It is safe for use by several goroutines.
type Users struct {
	store    Store
	resource uuid.UUID

	turns turns

	mu        sync.Mutex
	listeners []func(ID)
	leaving   map[ID]struct{} // whose deletion the store has not confirmed
}

// NewUsers makes the users of a resource, kept in a store.
func NewUsers(store Store, resource uuid.UUID) *Users {
	return &Users{
		store: store, resource: resource,
		turns: turns{taken: map[ID]chan struct{}{}}, leaving: map[ID]struct{}{},
	}
}

// user is what is kept of a user.
type user struct {
	// Epoch stands in every token and changes when they are revoked. A time
	// would not do: tokens are stamped with whole seconds.
	Epoch string `json:"epoch"`
}

func newEpoch() user { return user{uuid.NewString()} }

// Create makes a new user.
func (u *Users) Create(ctx context.Context) (ID, error) {
	id := NewUser(u.resource, uuid.New())
	return id, u.put(ctx, id, newEpoch())
}

// Named returns the user of that name, made the first time; see NamedUser.
func (u *Users) Named(ctx context.Context, name string) (ID, error) {
	id := NamedUser(u.resource, name)
	return id, u.Add(ctx, id)
}

// Add makes the user of that ID unless there is one.
func (u *Users) Add(ctx context.Context, id ID) error {
	done, err := u.turns.take(ctx, id)
	if err != nil {
		return err
	}
	defer done()
	exists, err := u.Exists(ctx, id)
	if err != nil || exists {
		return err
	}
	u.left(id)
	return u.put(ctx, id, newEpoch())
}

// Exists says whether there is a user of that ID.
func (u *Users) Exists(ctx context.Context, id ID) (bool, error) {
	_, err := u.get(ctx, id)
	if errors.Is(err, ErrNoUser) {
		return false, nil
	}
	return err == nil, err
}

// Revoke makes every token issued to the user so far invalid. ErrNoUser. If the
// store does not confirm it, it may have happened: the listeners are told, so
// that whoever holds a token shows it again.
func (u *Users) Revoke(ctx context.Context, id ID) error {
	done, err := u.turns.take(ctx, id)
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	defer done()
	if _, err = u.get(ctx, id); err == nil {
		err = u.put(ctx, id, newEpoch())
		u.revoked(id)
	}
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	return nil
}

// Delete removes the user, and with it every token. ErrNoUser. A deletion that
// the store did not confirm may have happened; asked again, it then succeeds.
func (u *Users) Delete(ctx context.Context, id ID) error {
	done, err := u.turns.take(ctx, id)
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	defer done()
	if _, err = u.get(ctx, id); err == nil {
		u.leaves(id)
		err = u.remove(ctx, id)
		u.revoked(id)
	}
	switch {
	case errors.Is(err, ErrNoUser) && u.left(id):
		return nil // the one before had removed it
	case err != nil:
		return fmt.Errorf("delete: %w", err)
	}
	u.left(id)
	return nil
}

// leaves notes that a deletion has begun.
func (u *Users) leaves(id ID) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.leaving[id] = struct{}{}
}

// left forgets that, and says whether one had.
func (u *Users) left(id ID) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	_, begun := u.leaving[id]
	delete(u.leaving, id)
	return begun
}

// OnRevoke has fn called when the tokens of a user have become invalid, so
// that what they opened can be closed. fn must not block, nor ask for a
// change of that user.
func (u *Users) OnRevoke(fn func(ID)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.listeners = append(u.listeners, fn)
}

func (u *Users) revoked(id ID) {
	u.mu.Lock()
	told := slices.Clone(u.listeners)
	u.mu.Unlock()
	for _, fn := range told {
		fn(id)
	}
}

func (u *Users) get(ctx context.Context, id ID) (user, error) {
	if _, err := Parse(string(id)); err != nil {
		return user{}, err // a store could choke on it
	}
	data, ok, err := u.store.Get(ctx, string(id))
	if err != nil {
		return user{}, fmt.Errorf("user %s: %w: %w", id, ErrStore, err)
	}
	if !ok {
		return user{}, fmt.Errorf("user %s: %w", id, ErrNoUser)
	}
	var kept user
	if err := json.Unmarshal(data, &kept); err != nil {
		return user{}, fmt.Errorf("user %s: %w", id, err)
	}
	return kept, nil
}

func (u *Users) put(ctx context.Context, id ID, kept user) error {
	data, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("user %s: %w", id, err)
	}
	if err := u.store.Put(ctx, string(id), data); err != nil {
		return fmt.Errorf("user %s: %w: %w", id, ErrStore, err)
	}
	return nil
}

func (u *Users) remove(ctx context.Context, id ID) error {
	if err := u.store.Delete(ctx, string(id)); err != nil {
		return fmt.Errorf("user %s: %w: %w", id, ErrStore, err)
	}
	return nil
}
