package quality

import "math"

// Path is a narrow-band telephone connection as ITU-T G.107 describes it, from
// a mouth to an ear. Take DefaultPath and change what is known; delays are in
// milliseconds, loudness ratings and losses in decibels.
type Path struct {
	// SLR and RLR are the loudness ratings of sending and receiving, STMR that of
	// one's own voice.
	SLR, RLR, STMR float64
	// Ds and Dr are the D-values of the telephones.
	Ds, Dr float64
	// TELR is the loudness rating of the talker's echo, which comes after T ms;
	// WEPL the loss around the listener's, which comes after Tr ms.
	TELR, T, WEPL, Tr float64
	// Ta is the delay from mouth to ear.
	Ta float64
	// QDU counts the quantizations.
	QDU float64
	// Nc and Nfor are the noise of the circuit and of the receiver in dBm0p and
	// dBmp, Ps and Pr that of the rooms in dB(A).
	Nc, Nfor, Ps, Pr float64
	// Codec and Loss are what coding and the network add.
	Codec Codec
	Loss  Loss
	// A is what users forgive for the advantage of access.
	A float64
}

// DefaultPath has the values of G.107, Table 2. Its rating is 93.2.
func DefaultPath() Path {
	return Path{
		SLR: 8, RLR: 2, STMR: 15, Ds: 3, Dr: 3, TELR: 65, WEPL: 110,
		QDU: 1, Nc: -70, Nfor: -64, Ps: 35, Pr: 35,
	}
}

// Rating is R, from 0 to about 93 (G.107, equation 7-1): what is left of the
// signal over the noise when every impairment is taken off.
func (p Path) Rating() float64 {
	return p.basic() - p.simultaneous() - p.delayed() - p.Codec.impairment(p.Loss) + p.A
}

// olr is the overall loudness rating.
func (p Path) olr() float64 { return p.SLR + p.RLR }

// noise is No: all noise as if it were on the circuit, in dBm0p (equations 7-3
// to 7-7).
func (p Path) noise() float64 {
	sent := p.Ps - p.SLR - p.Ds - 100 + 0.004*square(p.Ps-p.olr()-p.Ds-14)
	heard := p.Pr + decibels(1+math.Pow(10, (10-p.STMR-p.Dr)/10)) // LSTR is STMR + Dr
	received := p.RLR - 121 + heard + 0.008*square(heard-35)
	return decibels(level(p.Nc) + level(sent) + level(received) + level(p.Nfor+p.RLR))
}

// basic is Ro: the signal over the noise (equation 7-2).
func (p Path) basic() float64 { return 15 - 1.5*(p.SLR+p.noise()) }

// simultaneous is Is: what happens along with the voice (equation 7-8).
func (p Path) simultaneous() float64 {
	return p.tooLoud() + p.sidetone() + p.quantized()
}

// tooLoud is Iolr (equations 7-9 and 7-10).
func (p Path) tooLoud() float64 {
	x := (p.olr() + 0.2*(64+p.noise()-p.RLR)) / 8
	return 20 * (root(1+math.Pow(x, 8), 8) - x)
}

// sidetone is Ist: one's own voice, too loud or too faint (equations 7-11 and
// 7-12).
func (p Path) sidetone() float64 {
	s := -decibels(level(-p.STMR) + math.Exp(-p.T/4)*level(-p.TELR))
	return 12*root(1+math.Pow((s-13)/6, 8), 8) - 28*root(1+math.Pow((s+1)/19.4, 35), 35) -
		13*root(1+math.Pow((s-3)/33, 13), 13) + 29
}

// quantized is Iq (equations 7-13 to 7-17).
func (p Path) quantized() float64 {
	q := 37 - 15*math.Log10(p.QDU)
	g := 1.07 + 0.258*q + 0.0602*q*q
	y := (p.basic()-100)/15 + 46/8.4 - g/9
	z := 46.0/30 - g/40
	return 15 * math.Log10(1+math.Pow(10, y)+math.Pow(10, z))
}

// delayed is Id: what comes late (equation 7-18).
func (p Path) delayed() float64 {
	return p.talkerEcho() + p.listenerEcho() + lateness(p.Ta)
}

// talkerEcho is Idte (equations 7-19 to 7-24).
func (p Path) talkerEcho() float64 {
	telr := p.TELR - 40*math.Log10((1+p.T/10)/(1+p.T/150)) + 6*math.Exp(-0.3*p.T*p.T)
	if p.STMR < 9 {
		telr += p.sidetone() / 2
	}
	gap := -1.5*(p.noise()-p.RLR) - (80 + 2.5*(telr-14))
	echo := (gap/2 + math.Sqrt(gap*gap/4+100) - 1) * (1 - math.Exp(-p.T))
	if p.STMR > 20 {
		return math.Hypot(echo, p.sidetone())
	}
	return echo
}

// listenerEcho is Idle (equations 7-25 and 7-26).
func (p Path) listenerEcho() float64 {
	gap := p.basic() - 10.5*(p.WEPL+7)*math.Pow(p.Tr+1, -0.25)
	return gap/2 + math.Sqrt(gap*gap/4+169)
}

// lateness is Idd: what delay costs even without any echo (equations 7-27 and
// 7-28). Up to 100 ms nobody notices.
func lateness(ms float64) float64 {
	if ms <= 100 {
		return 0
	}
	x := math.Log2(ms / 100)
	return 25 * (root(1+math.Pow(x, 6), 6) - 3*root(1+math.Pow(x/3, 6), 6) + 2)
}

func square(x float64) float64          { return x * x }
func root(x, n float64) float64         { return math.Pow(x, 1/n) }
func level(decibel float64) float64     { return math.Pow(10, decibel/10) }
func decibels(strength float64) float64 { return 10 * math.Log10(strength) }
