"""Prints the MOS-LQO of speech as it was heard: PESQ, ITU-T P.862.2, wideband.

mos.py said.wav heard.wav    both at 48 kHz, one channel of 16 bits, aligned
"""

import sys
import wave

import numpy
import pesq
from scipy.signal import resample_poly


def read(path):
    with wave.open(path) as w:
        samples = numpy.frombuffer(w.readframes(w.getnframes()), "<i2").astype(float)
    return resample_poly(samples, 1, 3) / 32768


said, heard = map(read, sys.argv[1:3])
try:
    print(round(float(pesq.pesq(16000, said, heard, "wb")), 3))
except pesq.NoUtterancesError:
    print(0)
