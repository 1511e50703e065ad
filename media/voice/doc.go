// Package voice holds what makes speech better to hear and easier to follow:
// whether somebody speaks (Detector, Activity), how loud (AutoGain), in what
// noise (Suppress), and what is heard while they do not (ComfortNoise).
//
// It knows frames alone: no call, no participant and no clock. Everything here
// belongs to one stream, is optional, and costs nothing where it is not put into
// the chain; nothing has a goroutine or a timer, and nothing allocates once its
// first frames have been seen. Stages that are used together come in this order,
// so that no gain raises the noise that is taken away after it, and no gap is
// filled before it is known to be one:
//
//	src = media.Chain(src,
//		voice.Suppress(voice.SuppressConfig{}),
//		voice.AutoGain(voice.GainConfig{}),
//		voice.ComfortNoise(voice.ComfortConfig{}))
//
// What they cost for each 20 ms at 48 kHz, on one core of a cloud server, and as
// a share of what encoding the same sound as Opus took there (48 µs, as half of
// it is pauses). BenchmarkStages measures both.
//
//	                     µs     of an encode   delay   state
//	Activity, a level    0.02       0.04 %     –       0.1 KiB
//	Detector             3.3        7 %        –       8 KiB
//	AutoGain             6.3       13 %        –       8 KiB
//	ComfortNoise         4.5        9 %        –       16 KiB
//	  in a gap          15         31 %        –       10 KiB more
//	Suppress            35         73 %        10 ms   27 KiB
//
// One table of twiddle factors for each length of the transform is shared by all
// streams of the process.
package voice
