package local

// lock is a mutex that is held while a call is asked something, which may take
// long: who waits for it waits as for a message, also in virtual time.
type lock chan struct{}

func (l lock) Lock()   { l <- struct{}{} }
func (l lock) Unlock() { <-l }
