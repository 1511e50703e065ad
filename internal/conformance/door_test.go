package conformance

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"github.com/botd-dev/botd/identity"
)

// patience is how long an act waits for what it depends on.
const patience = 10 * time.Second

// doorway is where a program asks for what happens on the other side:
//
//	PUT  /people/{name}        {id}          somebody has a telephone
//	POST /people/{name}/{act}  see acts      does something, or waits for it
//	POST /company/login        {userId, appId}
//	GET  /prompt.wav, /long.wav              something to play
//	GET  /noise.bin                          something that cannot be played
//	GET  /socket                             a WebSocket that takes what comes
func doorway(staff *people, c *company) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /people/{name}", staff.arrive)
	mux.HandleFunc("POST /people/{name}/{act}", staff.do)
	mux.HandleFunc("GET /company/.well-known/openid-configuration", c.discovery)
	mux.HandleFunc("GET /company/keys", c.keys)
	mux.HandleFunc("POST /company/login", c.login)
	mux.HandleFunc("GET /prompt.wav", serves(beep(200*time.Millisecond)))
	mux.HandleFunc("GET /long.wav", serves(beep(time.Minute)))
	mux.HandleFunc("GET /socket", takes)
	mux.HandleFunc("GET /noise.bin", serves([]byte("this is no sound")))
	return mux
}

func (p *people) arrive(w http.ResponseWriter, r *http.Request) {
	var who struct {
		ID string `json:"id"`
	}
	if err := json.NewDecoder(r.Body).Decode(&who); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.hire(r.PathValue("name"), identity.ID(who.ID))
	reply(w, who)
}

func (p *people) do(w http.ResponseWriter, r *http.Request) {
	var what wish
	one, err := p.named(r.PathValue("name"))
	act := acts[r.PathValue("act")]
	if err == nil && act == nil {
		err = fmt.Errorf("nobody can %q", r.PathValue("act"))
	}
	if err == nil {
		err = json.NewDecoder(r.Body).Decode(&what)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	one.mu.Lock()
	defer one.mu.Unlock()
	answer, err := act(one, ctx, what)
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	reply(w, answer)
}

func reply(w http.ResponseWriter, answer any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer) // who does not read it says so
}

// takes reads a WebSocket to its end.
func takes(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return // it has answered
	}
	for err == nil {
		_, _, err = ws.Read(r.Context())
	}
	_ = ws.CloseNow() // the other side has
}

func serves(file []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "prompt.wav", time.Time{}, bytes.NewReader(file))
	}
}

// beep is a WAV file with a tone: mono, 16 bits, 16 kHz.
func beep(d time.Duration) []byte {
	const rate, header = 16000, 44
	samples := int(d.Seconds() * rate)
	b := make([]byte, 0, header+2*samples)
	b = append(b, "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(header-8+2*samples))
	b = append(b, "WAVEfmt "...)
	for _, n := range []uint32{16, 1 | 1<<16, rate, 2 * rate, 2 | 16<<16} { // PCM, mono; 2 bytes, 16 bits
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(2*samples))
	for i := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(8192*math.Sin(2*math.Pi*440*float64(i)/rate))))
	}
	return b
}
