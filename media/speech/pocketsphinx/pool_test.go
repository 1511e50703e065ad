//go:build pocketsphinx

package pocketsphinx

import "testing"

func TestHowManyEverSpeakADecoderRemainsForWhatTheyHaveSaid(t *testing.T) {
	p, err := newPool(Config{Decoders: 2}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	one, err := p.spare()
	if err != nil || one == nil {
		t.Fatalf("the first speaker has no decoder: %v", err)
	}
	if two, err := p.spare(); two != nil || err != nil {
		t.Fatalf("the second speaker has the last decoder: %v", err)
	}
	other, err := p.get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.restore(one)
	if again, err := p.spare(); again == nil || err != nil {
		t.Errorf("the decoder that was given back is gone: %v", err)
	} else {
		p.restore(again)
	}
	p.put(other)
}
