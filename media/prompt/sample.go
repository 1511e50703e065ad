package prompt

import (
	"encoding/binary"
	"math"
)

// coding is how a WAV stores samples: the format tag and the bits of one.
type coding struct{ tag, bits uint16 }

// The format tags of RFC 2361 that are played.
const (
	tagPCM   = 0x0001
	tagFloat = 0x0003
	tagALaw  = 0x0006
	tagMuLaw = 0x0007
)

// sample is how to read one sample: how many bytes it has, and its value in 16
// bits.
type sample struct {
	bytes  int
	decode func([]byte) int
}

var samples = map[coding]sample{
	{tagPCM, 8}:    {1, func(b []byte) int { return (int(b[0]) - 128) << 8 }},
	{tagPCM, 16}:   {2, func(b []byte) int { return int(int16(binary.LittleEndian.Uint16(b))) }},
	{tagPCM, 24}:   {3, func(b []byte) int { return int(int16(binary.LittleEndian.Uint16(b[1:]))) }},
	{tagPCM, 32}:   {4, func(b []byte) int { return int(int16(binary.LittleEndian.Uint16(b[2:]))) }},
	{tagFloat, 32}: {4, func(b []byte) int { return scale(float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))) }},
	{tagFloat, 64}: {8, func(b []byte) int { return scale(math.Float64frombits(binary.LittleEndian.Uint64(b))) }},
	{tagALaw, 8}:   {1, func(b []byte) int { return aLaw(b[0]) }},
	{tagMuLaw, 8}:  {1, func(b []byte) int { return muLaw(b[0]) }},
}

// scale makes 16 bits of a sample between -1 and 1. What is no number is silent.
func scale(v float64) int {
	if math.IsNaN(v) {
		return 0
	}
	return int(math.Round(math.Min(32767, math.Max(-32768, v*32768))))
}

// muLaw expands a byte by ITU-T G.711, table 2: inverted, sign, three bits of
// exponent, four of mantissa, over a bias of 33 in 14 bits.
func muLaw(b byte) int {
	b = ^b
	v := (int(b&0x0F)<<3+0x84)<<(b>>4&7) - 0x84
	if b&0x80 != 0 {
		return -v
	}
	return v
}

// aLaw expands a byte by ITU-T G.711, table 1: every second bit inverted, sign,
// three bits of exponent, four of mantissa.
func aLaw(b byte) int {
	b ^= 0x55
	v := int(b&0x0F)<<4 + 8
	if e := b >> 4 & 7; e > 0 {
		v = (v + 0x100) << (e - 1)
	}
	if b&0x80 == 0 {
		return -v
	}
	return v
}
