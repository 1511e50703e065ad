package botd

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// healthTimeout is how long a server that is alive may take to say so.
const healthTimeout = 2 * time.Second

// healthCommand is for supervisors that can run a program but not ask over
// HTTP, such as a container's health check.
type healthCommand struct{}

// Run fits kong.
func (healthCommand) Run(p *program) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	asking, err := findServer(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(p.ctx, healthTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, asking.base+"/healthz", nil)
	if err != nil {
		return err
	}
	resp, err := asking.http.Do(r)
	if err != nil {
		return err
	}
	if err := resp.Body.Close(); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answered %s", resp.Status)
	}
	return nil
}
