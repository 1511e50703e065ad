package prompt

import (
	"strings"
	"testing"
)

func TestTheNamesOfWhatIsKeptTakeRoomToo(t *testing.T) {
	c := cache[int]{most: 100}
	long, other := strings.Repeat("a", 60), strings.Repeat("b", 60)
	c.put(long, 1, 10)
	c.put(other, 2, 10)
	if _, ok := c.get(long); ok || c.size != 70 {
		t.Errorf("the older one is there: %v; %d bytes are in use", ok, c.size)
	}
	if n, ok := c.get(other); !ok || n != 2 {
		t.Errorf("the newer one is %d, %v", n, ok)
	}
	c.put(strings.Repeat("c", 101), 3, 1)
	if len(c.files) != 1 {
		t.Errorf("%d are kept", len(c.files))
	}
}
