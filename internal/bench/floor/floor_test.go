package floor

import (
	"math"
	"runtime"
	"testing"
)

func TestTheFloorOfACallIsTheSumOfItsParts(t *testing.T) {
	c := Costs{Decode: 20, Encode: 100, Add: 1, Own: 2, Encrypt: 0.25, Decrypt: 0.5, SendOne: 2, Send: 1, Receive: 0.5}
	for _, row := range []struct {
		name                            string
		participants, speakers, sending int
		want                            float64 // µs in 20 ms
	}{
		{"a call of ten", 10, 3, 3, 3*1 + 3*23 + 4*100 + 10*1.25},
		{"open microphones only add what they send", 10, 3, 10, 10*1 + 3*23 + 4*100 + 10*1.25},
		{"nobody speaks", 10, 0, 0, 100 + 10*1.25},
	} {
		want := row.want * 50 / 1000 / float64(row.participants)
		if got := c.Call(row.participants, row.speakers, row.sending); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v ms, want %v", row.name, got, want)
		}
	}
}

func TestTheMeanIsInTheMiddleOfEveryCost(t *testing.T) {
	a := Costs{1, 2, 3, 4, 5, 6, 7, 8, 9}
	b := Costs{3, 4, 5, 6, 7, 8, 9, 10, 11}
	if got, want := Mean(a, b), (Costs{2, 3, 4, 5, 6, 7, 8, 9, 10}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestEveryOperationOfTheFloorTakesTime(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c, err := Measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, cost := range []float64{c.Decode, c.Encode, c.Add, c.Own, c.Encrypt, c.Decrypt, c.SendOne, c.Send, c.Receive} {
		if cost <= 0 {
			t.Errorf("%+v", c)
		}
	}
	if c.Encode < c.Decode {
		t.Errorf("encoding is cheaper than decoding: %+v", c)
	}
}

func TestPacketsOpenAsTheyWereSealed(t *testing.T) {
	s, err := newCipher()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.decrypt(10); err != nil {
		t.Fatal(err)
	}
	if s.sealed[0][headerSize] == s.sealed[1][headerSize] && s.sealed[0][headerSize+1] == s.sealed[1][headerSize+1] {
		t.Error("two packets have the same key stream")
	}
	s.sealed[3][headerSize] ^= 1
	if _, err := s.decrypt(10); err == nil {
		t.Error("a packet that was changed opened")
	}
}
