"""Sound as float64 arrays at 16 kHz, full scale 1: recordings, synthetic speech, resampling, noise, WAV files.

All random numbers come from numpy's RandomState, whose streams are frozen, and all arithmetic is float64
rounded to 16 bits at the end, so that the same package versions give the same bytes on another machine.
"""

import io
import pathlib
import subprocess
import wave

import numpy as np

RATE_HZ = 16000
_RESAMPLE_HALF_TAPS = 32


def resample(sound: np.ndarray, rate_hz: int) -> np.ndarray:
    """Brings `sound` from `rate_hz` to RATE_HZ: Hann-windowed sinc, cut off at the lower of both Nyquist rates."""
    if rate_hz == RATE_HZ:
        return sound
    step = rate_hz / RATE_HZ
    cutoff = min(1.0, 1.0 / step)
    reach = int(np.ceil(_RESAMPLE_HALF_TAPS / cutoff))
    padded = np.concatenate([np.zeros(reach), sound, np.zeros(reach + 1)])
    centre = np.arange(int(len(sound) / step)) * step
    whole = np.floor(centre).astype(np.int64)
    result = np.zeros(len(centre))
    for tap in range(-reach + 1, reach + 1):
        distance = centre - (whole + tap)
        window = 0.5 + 0.5 * np.cos(np.pi * np.clip(distance / reach, -1, 1))
        result += padded[whole + tap + reach] * cutoff * np.sinc(distance * cutoff) * window
    return result


def parse_wav(data: bytes) -> np.ndarray:
    """Decodes mono 16-bit PCM of any rate. A length field that overshoots (a WAV from a pipe) is fine."""
    with wave.open(io.BytesIO(data)) as file:
        if file.getnchannels() != 1 or file.getsampwidth() != 2:
            raise ValueError("not a mono 16-bit WAV file")
        pcm = np.frombuffer(file.readframes(min(file.getnframes(), len(data) // 2)), "<i2")
        return resample(pcm.astype(np.float64) / 32768, file.getframerate())


def read(file: pathlib.Path) -> np.ndarray:
    """Reads a WAV file, or headerless 16-bit 16 kHz sound where the name ends in .raw."""
    if file.suffix == ".raw":
        return np.frombuffer(file.read_bytes(), "<i2").astype(np.float64) / 32768
    return parse_wav(file.read_bytes())


def write(file: pathlib.Path, sound: np.ndarray) -> None:
    pcm = np.clip(np.rint(sound * 32768), -32768, 32767).astype("<i2")
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(pcm.tobytes())


def espeak(voice: str, text: str, words_a_minute: int = 150, pitch: int = 50) -> np.ndarray:
    """`pitch`: 0 to 99."""
    command = ["espeak-ng", "-v", voice, "-s", str(words_a_minute), "-p", str(pitch), "--stdout", text]
    return parse_wav(subprocess.run(command, check=True, capture_output=True).stdout)


def flite(voice: str, text: str, scratch: pathlib.Path, stretch: float | None = None) -> np.ndarray:
    """`stretch`: how many times as long as usual; None is the voice's own pace."""
    file = scratch / "flite.wav"
    pace = [] if stretch is None else ["--setf", f"duration_stretch={stretch}"]
    command = ["flite", "-voice", voice, *pace, "-t", text, "-o", str(file)]
    subprocess.run(command, check=True, capture_output=True)
    sound = read(file)
    file.unlink()
    return sound


def power(sound: np.ndarray) -> float:
    return float(np.mean(sound**2))


def white_noise(samples: int, random: np.random.RandomState) -> np.ndarray:
    return random.standard_normal(samples)


def pink_noise(samples: int, random: np.random.RandomState) -> np.ndarray:
    """Power falls by 3 dB an octave above 20 Hz."""
    spectrum = np.fft.rfft(random.standard_normal(samples))
    frequency_hz = np.fft.rfftfreq(samples, 1 / RATE_HZ)
    return np.fft.irfft(spectrum / np.sqrt(np.maximum(frequency_hz, 20)), samples)


def looped_noise(samples: int, recording: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    """The recording over and over, from a random start; seams are cross-faded over 10 ms."""
    fade = RATE_HZ // 100
    ramp = np.linspace(0, 1, fade)
    loop = recording[: len(recording) - fade].copy()
    loop[:fade] = loop[:fade] * np.sqrt(ramp) + recording[-fade:] * np.sqrt(1 - ramp)
    start = random.randint(len(loop))
    return np.tile(np.roll(loop, -start), samples // len(loop) + 1)[:samples]


def babble_noise(samples: int, voices: list[np.ndarray], random: np.random.RandomState) -> np.ndarray:
    """Thirty-two talkers, each a voice played backwards from a random start: speech-like, no words."""
    result = np.zeros(samples)
    for talker in range(32):
        voice = voices[talker % len(voices)][::-1]
        start = random.randint(len(voice))
        result += np.tile(np.roll(voice, -start), samples // len(voice) + 1)[:samples] / np.sqrt(power(voice))
    return result
