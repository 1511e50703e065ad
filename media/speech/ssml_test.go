package speech_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/botd-dev/botd/media/speech"
)

func TestSSMLIsReducedToWhatIsHarmless(t *testing.T) {
	name := func(v speech.Voice) string { return v.Locale + "/" + strings.Repeat("f", int(v.Gender)) }
	for _, c := range []struct{ says, doc, want string }{
		{
			"what most programs send",
			`<?xml version="1.0"?><speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US"><voice name="en-US-NancyNeural">Hi &amp; bye</voice></speak>`,
			`<speak xml:lang="en-US"><voice name="en-US/f">Hi &amp; bye</voice></speak>`,
		},
		{
			"files are not opened, what stands for them is said",
			`<speak>a <audio src="x;reboot">b <desc>not</desc></audio><lexicon uri="file:///etc/passwd"/> c</speak>`,
			`<speak>a b  c</speak>`,
		},
		{
			"extensions go, their text stays",
			`<speak xmlns:mstts="https://www.w3.org/2001/mstts"><mstts:express-as style="sad">oh <prosody rate="-10%" onclick="x">dear</prosody></mstts:express-as></speak>`,
			`<speak>oh <prosody rate="-10%">dear</prosody></speak>`,
		},
		{"an abbreviation is said in full", `<speak><sub alias="World Wide Web">WWW</sub></speak>`, `<speak>World Wide Web</speak>`},
		{"a pause is bounded", `<speak>a<break time="3000s"/>b<break time="250ms"/>c<break time="NaNs"/></speak>`, `<speak>a<break time="10000ms"></break>b<break time="250ms"></break>c<break></break></speak>`},
		{"attributes that are no values are left out", `<speak>a <say-as interpret-as="&quot;&gt;&lt;audio">1</say-as></speak>`, `<speak>a <say-as>1</say-as></speak>`},
		{"a voice by gender", `<speak><voice gender="male" xml:lang="sv-SE">hej</voice></speak>`, `<speak><voice name="sv-SE/ff">hej</voice></speak>`},
		{"entities of HTML", `<speak>a&eacute;b</speak>`, `<speak>aéb</speak>`},
	} {
		doc, err := speech.ParseSSML(c.doc)
		if err != nil {
			t.Errorf("%s: %v", c.says, err)
			continue
		}
		if got := doc.Render(name); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.says, got, c.want)
		}
	}
}

func TestBadSSMLIsRefused(t *testing.T) {
	for _, c := range []struct {
		says, doc string
		want      error
	}{
		{"nothing", " ", speech.ErrEmpty},
		{"nothing to say", `<speak><break time="1s"/> <voice name="x"> </voice></speak>`, speech.ErrEmpty},
		{"plain text", "hello", speech.ErrRequest},
		{"no speak", "<p>hello</p>", speech.ErrRequest},
		{"not closed", "<speak>hello", speech.ErrRequest},
		{"a document type", `<!DOCTYPE speak [<!ENTITY a "b">]><speak>&a;</speak>`, speech.ErrRequest},
		{"too deep", "<speak>" + strings.Repeat("<p>", 40) + "x" + strings.Repeat("</p>", 40) + "</speak>", speech.ErrRequest},
		{"an hour of pauses", "<speak>x" + strings.Repeat(`<break time="10s"/>`, 360) + "</speak>", speech.ErrRequest},
		{"an hour of strong pauses", "<speak>x" + strings.Repeat(`<break strength="x-strong"/>`, 2000) + "</speak>", speech.ErrRequest},
		{"too long", "<speak>" + strings.Repeat("x", 70000) + "</speak>", speech.ErrRequest},
	} {
		if _, err := speech.ParseSSML(c.doc); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.says, err, c.want)
		}
	}
}

func FuzzSSML(f *testing.F) {
	f.Add(`<speak xml:lang="en-US"><voice name="en-US-NancyNeural">Hi <break time="1s"/>&amp; bye</voice></speak>`)
	f.Add(`<speak><sub alias="x">y</sub><audio src="x">z</audio></speak>`)
	f.Fuzz(func(t *testing.T, doc string) {
		d, err := speech.ParseSSML(doc)
		if err != nil {
			return
		}
		out := d.Render(func(speech.Voice) string { return "en" })
		if strings.Contains(out, "<audio") {
			t.Errorf("a file gets through: %q", out)
		}
		again, err := speech.ParseSSML(out)
		if err != nil && len(out) < 64<<10 {
			t.Fatalf("%q became %q: %v", doc, out, err)
		}
		if err == nil && again.Text() != d.Text() {
			t.Errorf("text %q became %q", d.Text(), again.Text())
		}
	})
}
