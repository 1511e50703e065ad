package journal

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/botd-dev/botd/call"
)

func BenchmarkAppend(b *testing.B) {
	for _, together := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("%d at a time", together), func(b *testing.B) {
			h := openNew(b, nil)
			s := talking(1)
			b.ResetTimer()
			for range b.N {
				var all sync.WaitGroup
				for range together {
					all.Add(1)
					h.Append(s.call, []call.Record{s.says("botd.test")}, func(error) { all.Done() })
				}
				all.Wait()
			}
			b.ReportMetric(float64(b.N*together)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

func TestAnIdleConnectionCostsLittle(t *testing.T) {
	const many = 10000
	x := newIndex()
	before := heap()
	for n := range many {
		// As read back from the log: no string is shared with the caller.
		data, err := encode(talking(n).opens())
		if err != nil {
			t.Fatal(err)
		}
		r, err := decode(data)
		if err != nil {
			t.Fatal(err)
		}
		x.note(Entry{r, 0, uint64(n + 1)})
	}
	each := float64(heap()-before) / many
	t.Logf("%.0f bytes an idle connection", each)
	if each > 300 {
		t.Errorf("an idle connection costs %.0f bytes", each)
	}
	runtime.KeepAlive(x)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
