package bottest

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/botd-dev/botd/call"
)

// Hears waits until the person has heard these words, one after the other and of
// one text, after what they heard before. Case and punctuation do not count. It
// returns with the last of the words; what is said may go on.
func (p *Person) Hears(words string) {
	p.stage.helper()
	p.expect("hears "+words, func() bool { return p.find(plain(words)) })
}

// find looks for words behind what was found before.
func (p *person) find(want []string) bool {
	l := p.current()
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := p.begun; i < len(l.listener.sentences); i++ {
		s := l.listener.sentences[i]
		skip := 0
		if i == p.begun {
			skip = p.words
		}
		if at := index(spelled(s.words[skip:]), want); at >= 0 {
			p.begun, p.words = i, skip+at+len(want)
			return true
		}
	}
	return false
}

// HearsUpTo waits until what the person is hearing, or hears next, is cut, and
// fails unless these were its last words.
func (p *Person) HearsUpTo(words string) {
	p.stage.helper()
	var s *sentence
	p.expect("hears nothing behind "+words, func() bool {
		s = p.unfinished()
		return s != nil && s.over
	})
	got := spelled(s.words)
	want := plain(words)
	if !s.cut() || len(got) < len(want) || !slices.Equal(got[len(got)-len(want):], want) {
		p.stage.fail("%s heard %q, not up to %q", p.name, s, words)
	}
	p.words = len(s.words)
}

// unfinished is the sentence that the person is hearing or has heard last.
func (p *person) unfinished() *sentence {
	l := p.current()
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.listener.sentences
	for p.begun+1 < len(all) && all[p.begun].over && !all[p.begun].cut() {
		p.begun, p.words = p.begun+1, 0
	}
	if p.begun >= len(all) {
		return nil
	}
	return all[p.begun]
}

// HearsNothing waits for a while and fails if the person hears a word in it.
func (p *Person) HearsNothing(d time.Duration) {
	p.stage.helper()
	before := p.count()
	if p.stage.wait(func() bool { return p.count() > before }, d) {
		p.stage.fail("%s heard %q, not nothing", p.name, p.latest())
	}
}

// count is how many words the person has heard.
func (p *person) count() int {
	l := p.current()
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, s := range l.listener.sentences {
		n += len(s.words)
	}
	return n
}

func (p *person) latest() string {
	l := p.current()
	if l == nil {
		return ""
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.listener.sentences); n > 0 {
		return l.listener.sentences[n-1].String()
	}
	return ""
}

// Heard is everything that the person has heard so far, a text a line; those that
// were cut end with " —".
func (p *Person) Heard() []string {
	l := p.current()
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []string
	for _, s := range l.listener.sentences {
		line := s.String()
		if s.cut() {
			line += " —"
		}
		list = append(list, line)
	}
	return list
}

// HearsKeys waits until these keys have been sent to the person, after those
// before.
func (p *Person) HearsKeys(keys string) {
	p.stage.helper()
	p.expect("hears the keys "+keys, func() bool {
		heard := p.sent()
		if p.keys+len(keys) > len(heard) {
			return false
		}
		at := strings.Index(heard[p.keys:], strings.ToUpper(keys))
		if at >= 0 {
			p.keys += at + len(keys)
		}
		return at >= 0
	})
}

// sent is the keys that were sent to the person in this call.
func (p *person) sent() string {
	l := p.current()
	if l == nil {
		return ""
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return keysOf(l.pressed)
}

// IsConnected waits until the person is in a call.
func (p *Person) IsConnected() {
	p.stage.helper()
	p.expect("is connected", p.connected)
}

// IsWith waits until the person and somebody else are in one call.
func (p *Person) IsWith(name string) {
	p.stage.helper()
	p.expect("is with "+name, func() bool {
		l := p.current()
		return l != nil && l.over() == nil && l.with(p.stage.whose(name))
	})
}

// IsHeld waits until the person is on hold, IsResumed until they are not.
func (p *Person) IsHeld() {
	p.stage.helper()
	p.expect("is held", func() bool { return p.connected() && p.current().state().State == call.OnHold })
}

// IsResumed waits until the person is not on hold.
func (p *Person) IsResumed() {
	p.stage.helper()
	p.expect("is resumed", func() bool { return p.connected() && p.current().state().State == call.Present })
}

// IsMuted waits until the person has been muted.
func (p *Person) IsMuted() {
	p.stage.helper()
	p.expect("is muted", func() bool { return p.connected() && p.current().state().Muted })
}

// IsHungUpOn waits until the call is over for the person, for one of these
// reasons if there are any.
func (p *Person) IsHungUpOn(why ...call.Reason) {
	p.stage.helper()
	p.expect("is hung up on", p.out)
	if got := *p.current().over(); len(why) > 0 && !slices.Contains(why, got) {
		p.stage.fail("%s was hung up on for %v, not %v", p.name, got, why)
	}
}

// plain is words without case and punctuation.
func plain(words string) []string {
	list := strings.Fields(words)
	for i, w := range list {
		list[i] = bare(w)
	}
	return list
}

func bare(w string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, w)
}

// spelled is plain of words that were heard.
func spelled(words []*word) []string {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = w.bare
	}
	return list
}

// index finds a run of words in others.
func index(in, want []string) int {
	for i := 0; i+len(want) <= len(in); i++ {
		if slices.Equal(in[i:i+len(want)], want) {
			return i
		}
	}
	return -1
}
