package espeak

import (
	"context"
	"fmt"
	"hash/fnv"
	"regexp"
	"strconv"
	"strings"

	"github.com/botd-dev/botd/media/speech"
)

// catalogue is the languages that the installed espeak-ng speaks.
type catalogue struct {
	voices  map[string]bool   // names that -v takes
	aliases map[string]string // other names of languages, to voices
}

// voices asks espeak-ng what it has, once.
func (s *Synthesizer) voices(ctx context.Context) (*catalogue, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.have != nil {
		return s.have, nil
	}
	table, err := s.run(ctx, "", "--voices")
	if err != nil {
		return nil, err
	}
	have := parseVoices(string(table))
	if !have.voices[base(s.cfg.Voice)] {
		return nil, fmt.Errorf("%w: espeak-ng has no voice %q", speech.ErrUnavailable, s.cfg.Voice)
	}
	s.have = have
	return have, nil
}

var otherLanguage = regexp.MustCompile(`\(([A-Za-z0-9-]+) (\d+)\)`)

// parseVoices reads the table of `espeak-ng --voices`: priority, language, age
// and gender, name, file, and in brackets other languages it is good for with
// the priority it has there, where lower is better.
func parseVoices(table string) *catalogue {
	c := &catalogue{voices: map[string]bool{}, aliases: map[string]string{}}
	best := map[string]int{}
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) < 5 || fields[0] == "Pty" {
			continue
		}
		voice := strings.ToLower(fields[1])
		c.voices[voice] = true
		for _, m := range otherLanguage.FindAllStringSubmatch(line, -1) {
			priority, err := strconv.Atoi(m[2])
			if err != nil {
				continue
			}
			if was, ok := best[m[1]]; !ok || priority < was {
				best[m[1]], c.aliases[strings.ToLower(m[1])] = priority, voice
			}
		}
	}
	return c
}

// regions are locales whose language is called something else by espeak-ng.
var regions = map[string]string{"zh-hk": "yue", "zh-mo": "yue", "iw": "he", "tl": "en-us", "fil": "en-us"}

// language is the voice that speaks a locale: the locale's own, or with
// subtags left out from the end until there is one. Empty if there is none.
func (c *catalogue) language(locale string) string {
	l := strings.ToLower(strings.ReplaceAll(locale, "_", "-"))
	for l != "" {
		for _, name := range []string{l, regions[l]} {
			if c.voices[name] {
				return name
			}
			if alias, ok := c.aliases[name]; ok {
				return alias
			}
		}
		i := strings.LastIndexByte(l, '-')
		l = l[:max(0, i)]
	}
	return ""
}

// variants are how a voice can be made to sound.
var variants = regexp.MustCompile(`^(f[1-5]|m[1-8]|croak|whisper|klatt[1-5]?)$`)

// nearest is the name for -v of the voice that comes nearest to v. One of
// espeak-ng's own ("sv", "en-us+f3") is taken as it is.
func (c *catalogue) nearest(v speech.Voice, otherwise string) string {
	name, variant, varied := strings.Cut(strings.ToLower(v.Name), "+")
	if c.voices[name] && (!varied || variants.MatchString(variant)) {
		return strings.ToLower(v.Name)
	}
	language := c.language(v.Locale)
	if language == "" && v.Gender == speech.AnyGender {
		return otherwise
	}
	if language == "" {
		language = base(otherwise)
	}
	return language + timbre(v)
}

// timbre tells voices of the same language and gender apart: the same name
// always sounds the same, and most others sound different.
func timbre(v speech.Voice) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(v.Name)) // never fails
	switch v.Gender {
	case speech.AnyGender:
		return ""
	case speech.Female:
		return "+f" + strconv.Itoa(1+int(h.Sum32()%5))
	case speech.Male:
		return "+m" + strconv.Itoa(1+int(h.Sum32()%7))
	}
	return ""
}

func base(voice string) string {
	name, _, _ := strings.Cut(voice, "+")
	return name
}
