package client

import (
	"context"
	"fmt"
)

// Step is something to be asked for; where and by what one sees that it has
// happened; and how to say so.
type Step struct {
	method, path    string
	body            any
	look, sign, say string
}

// Post is a step that a POST takes.
func Post(path string, body any, look, sign, say string) Step {
	return Step{"POST", path, body, look, sign, say}
}

// Patch is a step that a PATCH takes.
func Patch(path string, body any, look, sign, say string) Step {
	return Step{"PATCH", path, body, look, sign, say}
}

// Delete is a step that a DELETE takes.
func Delete(path, look, sign, say string) Step {
	return Step{"DELETE", path, nil, look, sign, say}
}

// See is a step that others take.
func See(look, sign, say string) Step { return Step{look: look, sign: sign, say: say} }

// Do takes one step after another.
func (s *Server) Do(ctx context.Context, steps ...Step) error {
	for _, step := range steps {
		if step.method != "" {
			if err := s.Ask(ctx, step.method, step.path, step.body, nil); err != nil {
				return err
			}
		}
		if err := s.Until(ctx, step.look, step.sign); err != nil {
			return err
		}
		fmt.Println(step.say)
	}
	return nil
}
