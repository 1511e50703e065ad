package socket

import "testing"

func FuzzResults(f *testing.F) {
	f.Add([]byte(`{"type":"Results","is_final":true,"speech_final":true,"start":1,"duration":1,"channel":{"alternatives":[{"transcript":"yes","confidence":0.9,"words":[{"word":"yes","start":1,"end":2}]}]}}`),
		[]byte(`{"type":"UtteranceEnd"}`))
	f.Add([]byte(`{"type":"Results","start":-1e308,"duration":1e308,"channel":{"alternatives":[{"transcript":"yes","confidence":-5}]}}`), []byte(`{"type":"Error"}`))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var r results
		for _, message := range [][]byte{a, b} {
			h, ok, err := r.take(message)
			if err != nil || !ok {
				continue
			}
			if h.Text == "" || h.From < 0 || h.To < h.From || !(h.Confidence >= 0 && h.Confidence <= 1) {
				t.Errorf("%+v", h)
			}
		}
	})
}
