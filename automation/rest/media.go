package rest

import (
	"context"

	"github.com/botd-dev/botd/automation"
	"github.com/botd-dev/botd/call"
)

func (s *Server) sendKeys(ctx context.Context, cn *call.Connection, r automation.SendDTMFRequest) (operationContext, error) {
	return operationContext{r.OperationContext}, s.cfg.Automation.SendDTMF(ctx, cn, r)
}
