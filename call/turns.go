package call

import "context"

// Turns puts those in order who want something of calls at the same moment, so
// that a run can be repeated exactly. Without it they come as they come. The
// journal of such a run has to make durable what it is given before Append
// returns.
type Turns interface {
	// Await returns when it is the turn of who, or when one of the channels is
	// closed: then nothing will be asked. who names the call and who asks, and is
	// the same in every run; those who are equal are interchangeable.
	Await(who string, given ...<-chan struct{})
}

// await waits for the turn of who in this call.
func (c *Call) await(ctx context.Context, who string) {
	if t := c.registry.cfg.Turns; t != nil {
		t.Await(c.id+" "+who, c.done, ctx.Done())
	}
}
