package wire

// lane is the frames of one stream that wait to be written.
type lane struct {
	frames [][]byte
	ready  bool // it is in the line
}

// key says which stream a lane is of.
type key struct {
	call   uint32
	stream uint16
	kind   uint8
}

// lanes are the sound that waits to be written: of each stream a little, the
// oldest dropped where a reader is slow, and all streams in turn.
type lanes struct {
	of   map[key]*lane
	line []key
}

// waiting is how many frames of a stream wait: 200 ms.
const waiting = 10

// put adds a frame and reports whether sound was dropped for it. Of Room only the
// last one counts.
func (l *lanes) put(f Frame) (dropped bool) {
	k, most := key{f.Call, f.Stream, f.Kind}, waiting
	if f.Kind == Room {
		most = 1
	}
	if l.of == nil {
		l.of = map[key]*lane{}
	}
	q := l.of[k]
	if q == nil {
		q = &lane{}
		l.of[k] = q
	}
	if len(q.frames) == most {
		q.frames = q.frames[1:]
		dropped = f.Kind != Room
	}
	q.frames = append(q.frames, f.Append(make([]byte, 0, HeaderSize+len(f.PCM))))
	if !q.ready {
		q.ready = true
		l.line = append(l.line, k)
	}
	return dropped
}

// take gives the next frame, nil if there is none.
func (l *lanes) take() []byte {
	if len(l.line) == 0 {
		return nil
	}
	k := l.line[0]
	l.line = l.line[1:]
	q := l.of[k]
	frame := q.frames[0]
	if q.frames = q.frames[1:]; len(q.frames) > 0 {
		l.line = append(l.line, k)
	} else {
		delete(l.of, k)
	}
	return frame
}
