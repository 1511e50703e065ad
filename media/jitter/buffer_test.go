package jitter_test

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/botd-dev/botd/media"
	"github.com/botd-dev/botd/media/jitter"
	"github.com/botd-dev/botd/media/measure"
)

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// gaps are those in what was heard that last a sample of 8 kHz or more.
func gaps(p *played) []time.Duration { return measure.Gaps(p.sound, media.Rate, -50) }

// heardAfter is when something was heard for the first time.
func heardAfter(p *played) time.Duration {
	for i, s := range p.sound {
		if s != 0 {
			return time.Duration(i) * time.Second / media.Rate
		}
	}
	return -1
}

func TestAnEvenStreamIsPlayedAsItCame(t *testing.T) {
	for _, length := range []int{10, 20, 30, 40, 60} {
		p := run(t, tone(4*time.Second, ms(length)), 3900*time.Millisecond, jitter.Config{Duration: duration})
		if g := gaps(p); len(g) > 0 {
			t.Errorf("packets of %d ms: gaps %v", length, g)
		}
		from := p.sound[media.Rate : 3*media.Rate/2]
		if hz, part := measure.Peak(from, media.Rate); math.Abs(hz-500) > 1 || part < 0.95 {
			t.Errorf("packets of %d ms: heard %v Hz, %v", length, hz, part)
		}
		s := p.stats
		if s.Lost+s.Late+s.Duplicated+s.Concealed != 0 || s.Discarded > 1 || s.Target != ms(3) {
			t.Errorf("packets of %d ms: %+v", length, s)
		}
		if d := heardAfter(p); d > 100*time.Millisecond {
			t.Errorf("packets of %d ms: heard after %v", length, d)
		}
	}
}

func TestTheLengthOfPacketsIsLearnt(t *testing.T) {
	p := run(t, tone(4*time.Second, 60*time.Millisecond), 3900*time.Millisecond, jitter.Config{})
	if g := gaps(p); len(g) > 1 { // after the first
		t.Errorf("gaps %v", g)
	}
}

func TestALostPacketIsConcealedWithTheNext(t *testing.T) {
	lost := func(i int) bool { return i%10 == 5 }
	p := run(t, without(tone(4*time.Second, tick), lost), 3900*time.Millisecond, jitter.Config{})
	if s := p.stats; s.Lost < 18 || s.Lost > 20 || s.Concealed != s.Lost || s.Late+s.Discarded != 0 {
		t.Errorf("%+v", s)
	}
	if p.decoder.redundant < p.decoder.concealed-1 {
		t.Errorf("%d of %d with the next packet", p.decoder.redundant, p.decoder.concealed)
	}
	for _, g := range gaps(p) {
		if g > 21*time.Millisecond {
			t.Errorf("a gap of %v for one packet", g)
		}
	}
}

func TestOnlyTheLastOfALostRowHasHelp(t *testing.T) {
	lost := func(i int) bool { return i >= 50 && i < 53 }
	p := run(t, without(tone(2*time.Second, tick), lost), 1900*time.Millisecond, jitter.Config{MinDelay: 80 * time.Millisecond})
	if p.stats.Lost != 3 || p.decoder.concealed != 3 || p.decoder.redundant != 1 {
		t.Errorf("%+v, %+v", p.stats, p.decoder)
	}
}

func TestReorderedAndRepeatedPacketsAreHeardOnceAndInOrder(t *testing.T) {
	all := tone(4*time.Second, tick)
	all = append(all, all...)
	r := random()
	delayed(all, func(int) time.Duration { return time.Duration(r.IntN(50)) * time.Millisecond })
	p := run(t, all, 3900*time.Millisecond, jitter.Config{})
	late := p.sound[media.Rate:] // once the delay is known
	if g := measure.Gaps(late, media.Rate, -50); len(g) > 2 {
		t.Errorf("gaps %v, %+v", g, p.stats)
	}
	if p.stats.Duplicated < 180 {
		t.Errorf("%+v", p.stats)
	}
}

func TestTheDelayFollowsTheNetwork(t *testing.T) {
	for _, row := range []struct {
		jitter, from, to int // ms
	}{
		{0, 3, 3}, {30, 26, 32}, {100, 90, 102},
	} {
		r := random()
		all := silenced(tone(15*time.Second, tick), func(i int) bool { return i%50 < 15 })
		delayed(all, func(int) time.Duration {
			return 30*time.Millisecond + time.Duration(r.Float64()*float64(ms(row.jitter)))
		})
		p := run(t, all, 14*time.Second, jitter.Config{LevelExtension: levelID})
		if s := p.stats; s.Target < ms(row.from) || s.Target > ms(row.to) {
			t.Errorf("jitter %d ms: target %v", row.jitter, s.Target)
		}
		if late := float64(p.stats.Late) / float64(p.stats.Received); late > 0.02 {
			t.Errorf("jitter %d ms: %.1f %% late", row.jitter, 100*late)
		}
		if d := p.delays[len(p.delays)-1]; d > 200*time.Millisecond {
			t.Errorf("jitter %d ms: delay %v", row.jitter, d)
		}
		t.Logf("jitter %d ms: %+v", row.jitter, p.stats)
	}
}

func TestAStallIsPlayedLateAndTheDelayGivenBackInSilence(t *testing.T) {
	all := silenced(tone(20*time.Second, tick), func(i int) bool { return i%50 < 15 })
	delayed(all, func(i int) time.Duration { // 100 ms nothing, then all at once
		if at := time.Duration(i) * tick; at >= 5400*time.Millisecond && at < 5500*time.Millisecond {
			return 5500*time.Millisecond - at
		}
		return 0
	})
	p := run(t, all, 19*time.Second, jitter.Config{LevelExtension: levelID})
	most := time.Duration(0)
	for _, d := range p.delays {
		most = max(most, d)
	}
	if last := p.delays[len(p.delays)-1]; most < 80*time.Millisecond || last > 60*time.Millisecond {
		t.Errorf("the delay went to %v and back to %v", most, last)
	}
	if p.stats.Lost+p.stats.Late != 0 {
		t.Errorf("%+v", p.stats)
	}
}

func TestAfterAnOutageSoundIsBackAtOnce(t *testing.T) {
	for _, outage := range []time.Duration{200 * time.Millisecond, 900 * time.Millisecond, 5 * time.Second} {
		lost := func(i int) bool { d := time.Duration(i) * tick; return d >= time.Second && d < time.Second+outage }
		p := run(t, without(tone(10*time.Second, tick), lost), 9*time.Second, jitter.Config{})
		back := p.sound[int((time.Second+outage+150*time.Millisecond)*media.Rate/time.Second):]
		if g := measure.Gaps(back, media.Rate, -50); len(g) != 0 || measure.LevelDBFS(back[:media.Rate/10]) < -20 {
			t.Errorf("after %v: gaps %v, level %.0f", outage, g, measure.LevelDBFS(back[:media.Rate/10]))
		}
		if d := p.delays[len(p.delays)-1]; d > 100*time.Millisecond {
			t.Errorf("after %v: delay %v", outage, d)
		}
	}
}

func TestClocksMayDiffer(t *testing.T) {
	for _, ppm := range []int{-300, 300} {
		all := silenced(tone(80*time.Second, tick), func(i int) bool { return i%50 < 10 })
		delayed(all, func(i int) time.Duration { return time.Duration(i) * tick / 1e6 * time.Duration(ppm) })
		p := run(t, all, 79*time.Second, jitter.Config{LevelExtension: levelID})
		if d := p.delays[len(p.delays)-1]; d < 0 || d > 70*time.Millisecond {
			t.Errorf("%d ppm: delay %v", ppm, d)
		}
		if s := p.stats; s.Lost+s.Late > 2 || s.Discarded > 8 {
			t.Errorf("%d ppm: %+v", ppm, s)
		}
	}
}

func TestANewStreamIsPlayedAfterTheOld(t *testing.T) {
	other := func(change func(p *rtp.Packet)) []arrival {
		all := tone(2*time.Second, tick)
		for i := range all[50:] {
			change(&all[50+i].Packet)
		}
		return all
	}
	for name, all := range map[string][]arrival{
		"another source":           other(func(p *rtp.Packet) { p.SSRC, p.SequenceNumber, p.Timestamp = 2, p.SequenceNumber+9000, p.Timestamp/3 }),
		"a sequence begun anew":    other(func(p *rtp.Packet) { p.SequenceNumber += 20000 }),
		"a rate set forward":       other(func(p *rtp.Packet) { p.Timestamp += 1 << 30 }),
		"a rate set back":          other(func(p *rtp.Packet) { p.Timestamp -= 1 << 20 }),
		"a rate set back a little": other(func(p *rtp.Packet) { p.Timestamp -= 1600 }),
	} {
		p := run(t, all, 1900*time.Millisecond, jitter.Config{})
		if g := gaps(p); len(g) > 1 || len(g) == 1 && g[0] > 101*time.Millisecond {
			t.Errorf("%s: gaps %v", name, g)
		}
		if s := p.stats; s.Discarded > 4 || s.Late > 1 {
			t.Errorf("%s: %+v", name, s)
		}
		end := p.sound[len(p.sound)-media.Rate/2:]
		if hz, part := measure.Peak(end, media.Rate); math.Abs(hz-500) > 1 || part < 0.98 {
			t.Errorf("%s: heard %v Hz, %v", name, hz, part)
		}
	}
}

func TestAPacketThatComesAfterTheWordIsOverIsNotHeard(t *testing.T) {
	all := delayed(tone(ms(400), tick), func(i int) time.Duration {
		if i == 10 {
			return ms(600)
		}
		return 0
	})
	p := run(t, all, time.Second, jitter.Config{})
	if after := p.sound[media.Rate*3/4:]; measure.LevelDBFS(after) > -90 {
		t.Error("it is heard after those that follow it")
	}
	if s := p.stats; s.Late != 1 || s.Lost != 0 || s.Concealed > 15 {
		t.Errorf("%+v", s)
	}
}

func TestAStrayPacketChangesNothing(t *testing.T) {
	all := tone(2*time.Second, tick)
	for i := range 5 {
		s := all[20*i+10]
		s.SSRC, s.Timestamp, s.SequenceNumber = 99, 5, uint16(7*i)
		all = append(all, s)
	}
	p := run(t, all, 1900*time.Millisecond, jitter.Config{})
	if g := gaps(p); len(g) > 0 || p.stats.Discarded != 5 {
		t.Errorf("gaps %v, %+v", g, p.stats)
	}
}

func TestASenderThatPausesIsSilentNotLost(t *testing.T) {
	all := without(tone(4*time.Second, tick), func(i int) bool { return i >= 50 && i < 120 })
	for i := range all[50:] {
		all[50+i].SequenceNumber -= 70
	}
	copy(all[49].Payload, []byte{0})
	all[49].Payload = all[49].Payload[:2] // says that a silence begins
	p := run(t, all, 3900*time.Millisecond, jitter.Config{})
	if s := p.stats; s.Lost+s.Concealed+s.Late+s.Discarded != 0 {
		t.Errorf("%+v", s)
	}
	if p.levels[70] != media.Silent || p.levels[140] == media.Silent {
		t.Errorf("levels %v", p.levels[60:150])
	}
}

func TestPacketsWithoutSoundAreNotLost(t *testing.T) {
	var now virtual
	buf := jitter.New(jitter.Config{ClockRate: rate, Now: now.time})
	var it jitter.Item
	for i, p := range tone(2*time.Second, tick) {
		at := began.Add(p.at)
		now.now = p.at + 12*time.Millisecond
		if i >= 40 && i < 47 { // a key
			p.Timestamp -= uint32(i-40) * 160
			buf.Pass(&p.Packet, at)
		} else {
			buf.Push(&p.Packet, at)
		}
		buf.Pull(&it)
		if i >= 60 && it.Kind != jitter.Sound {
			t.Fatalf("packet %d: %+v", i, it)
		}
	}
	if s := buf.Stats(); s.Lost+s.Late+s.Duplicated+s.Discarded != 0 {
		t.Errorf("%+v", s)
	}
}

func TestALevelComesWithItsPacket(t *testing.T) {
	all := silenced(tone(2*time.Second, tick), func(i int) bool { return i < 50 })
	p := run(t, all, 1900*time.Millisecond, jitter.Config{LevelExtension: levelID})
	if p.levels[30] != 127 || p.levels[80] != 15 {
		t.Errorf("levels %v", p.levels)
	}
	without := run(t, tone(time.Second, tick), 900*time.Millisecond, jitter.Config{})
	if without.levels[30] != 15 { // measured
		t.Errorf("levels %v", without.levels)
	}
}

func TestABufferNobodyPullsFromHoldsTheNewest(t *testing.T) {
	now := virtual{now: 10 * time.Second}
	buf := jitter.New(jitter.Config{ClockRate: rate, Now: now.time})
	for _, p := range tone(10*time.Second, tick) {
		buf.Push(&p.Packet, began.Add(p.at))
	}
	var it jitter.Item
	for range 3 {
		buf.Pull(&it)
		now.now += tick
	}
	if s := buf.Stats(); s.Discarded < 498 || s.Lost != 0 {
		t.Errorf("%+v", s)
	}
}

func TestPacketsAllocateNothing(t *testing.T) {
	all := tone(time.Minute, tick)
	var now virtual
	buf := jitter.New(jitter.Config{ClockRate: rate, Now: now.time})
	r := jitter.NewReceiver(buf, new(pcm).open)
	f, i := media.NewFrame(media.Rate), 0
	step := func() {
		buf.Push(&all[i].Packet, began.Add(all[i].at))
		now.now = all[i].at + 12*time.Millisecond
		r.Level()
		if i%3 == 0 {
			r.Skip()
		} else {
			_ = r.Read(f)
		}
		i++
	}
	for range 100 {
		step()
	}
	if n := testing.AllocsPerRun(1000, step); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

func FuzzPush(f *testing.F) {
	f.Add([]byte{0, 1, 0, 0, 0, 160, 1, 2, 0, 2, 0, 0, 1, 64, 1, 2})
	f.Add([]byte{255, 255, 255, 255, 255, 255, 1, 1, 0, 0, 0, 0, 0, 1, 2, 9})
	f.Fuzz(func(t *testing.T, b []byte) {
		var clock virtual
		buf := jitter.New(jitter.Config{
			ClockRate: rate, MaxDelay: time.Duration(len(b)) * time.Millisecond, Now: clock.time, Redundant: len(b)&1 == 0,
		})
		r := jitter.NewReceiver(buf, new(pcm).open)
		frame, past := media.NewFrame(media.Rate), []*media.Frame{{}, {}, {}, {}}
		payload := make([]byte, 4*256)
		for ; len(b) >= 8; b = b[8:] {
			p := rtp.Packet{Header: rtp.Header{
				SequenceNumber: binary.BigEndian.Uint16(b), Timestamp: binary.BigEndian.Uint32(b[2:]), SSRC: uint32(b[6] >> 6),
			}, Payload: payload[:2*int(b[7])]}
			clock.now += time.Duration(b[6]&15) * 2 * time.Millisecond
			now := clock.time()
			if b[6]&32 != 0 {
				buf.Pass(&p, now)
			} else {
				buf.Push(&p, now)
			}
			if b[6]&16 == 0 {
				continue
			}
			r.Level()
			switch b[1] & 7 {
			case 0, 1:
				r.Packet()
				r.Skip()
				continue
			case 2:
				r.Rewind(time.Duration(b[2]) * time.Millisecond)
			case 3:
				r.Resume(past[:b[2]&3])
			}
			if err := r.Read(frame); err != nil || len(frame.Samples) != media.FrameSize {
				t.Fatal(err)
			}
		}
	})
}

func BenchmarkPacket(b *testing.B) {
	all := tone(time.Minute, tick)
	var now virtual
	buf := jitter.New(jitter.Config{ClockRate: rate, Now: now.time})
	var it jitter.Item
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		p := &all[i%3000]
		now.now = time.Duration(i)*tick + 12*time.Millisecond
		buf.Push(&p.Packet, began.Add(p.at+time.Duration(i/3000)*time.Minute))
		buf.Pull(&it)
		i++
	}
}
