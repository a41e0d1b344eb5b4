"""Error of the voice by frequency band, relative to the voice's whole energy; and ideal masks."""
import sys
from pathlib import Path
import numpy as np
from train.commands.shared import tracks_of
from train.data.corpus import load_corpus
from train.data.effects import relative_to
from train.evaluation import over_singers as osg, over_music as om
from train.evaluation.voice_variants import changed
from train.evaluation.evaluate import at_44100, system
from livevox.dsp.stft import *
D = Path("decoded")
tracks = tracks_of([*sys.argv[1].split(",")])
trials = osg.trials(load_corpus(osg.needed(tracks), "valid", D))
scenes = om.scenes(load_corpus([t for t in tracks if t.kind not in ("singing", "speech")], "valid", D))
sets = {}
for var in ("as-is", "low-dark"):
    out = []
    for trial in trials:
        voice, _ = changed(trial.voice, trial.activity, var)
        for kind, pieces in trial.music.items():
            for piece in pieces[:1]:
                b = osg.ALONE_FRAMES * HOP
                music = piece[: b + len(voice)]
                out.append((np.pad(relative_to(music[b:], voice, 0.0), (b, 0)), music))
    sets[var] = out
sets["under voices"] = [(s.voice[0], s.music[0]) for s in scenes]
BANDS = [0, 150, 300, 600, 1200, 2400, 4800, 11000, 22050]
def spec(x, n=4096):
    w = np.hanning(n + 1)[:-1].astype(np.float32)
    x = np.pad(x, (n, n))
    return np.fft.rfft(np.lib.stride_tricks.sliding_window_view(x, n)[:: n // 2] * w, axis=-1).astype(np.complex64)
edges = [round(b / 44100 * 4096) for b in BANDS]
def by_band(x):
    p = (np.abs(spec(x)) ** 2).sum(0)
    return np.array([p[a:b].sum() for a, b in zip(edges, edges[1:])])
def ideal(v, a, n):
    V, X = spec(v, n), spec(v + a, n)
    m = np.clip((V * X.conj()).real / np.maximum(np.abs(X) ** 2, 1e-12), 0, 1)
    e = np.abs(V - m * X) ** 2
    p = e.sum(0); ed = [round(b / 44100 * n) for b in BANDS]
    return np.array([p[i:j].sum() for i, j in zip(ed, ed[1:])]) / (np.abs(V) ** 2).sum()
for kind, pairs in sets.items():
    voice = np.array([by_band(v) / by_band(v).sum() for v, a in pairs])
    print(kind, len(pairs)); print("  voice  ", np.round(voice.mean(0), 3))
    music = np.array([by_band(a) / by_band(v).sum() for v, a in pairs]); print("  music  ", np.round(music.mean(0), 3))
    for n in (512, 1024, 2048, 4096):
        e = np.array([ideal(v, a, n) for v, a in pairs]); print(f"  ideal {n}", np.round(e.mean(0), 4), "SDR", round(float(-10*np.log10(e.sum(1)).mean()), 2))
    def wiener(v, m, n, p):
        w = np.hanning(n + 1)[:-1].astype(np.float32)
        pad = lambda x: np.pad(x, (n, n + (-len(x)) % (n // 4)))
        f = lambda x: np.fft.rfft(np.lib.stride_tricks.sliding_window_view(pad(x), n)[:: n // 4] * w, axis=-1)
        V, A = np.abs(f(v)) ** p, np.abs(f(m - v)) ** p
        out = np.fft.irfft(f(m) * V / (V + A + 1e-9), n, axis=-1) * w / 1.5
        y = np.zeros((len(out) - 1) * (n // 4) + n)
        for k, part in enumerate(out): y[k * (n // 4) : k * (n // 4) + n] += part
        return y[n : n + len(v)].astype(np.float32)
    for name in sys.argv[2:]:
        s = system(name)
        est = [s((v + a)[None], None).vocals[0][: len(v)] for v, a in pairs]
        e = np.array([by_band(v - x) / by_band(v).sum() for (v, a), x in zip(pairs, est)])
        print(f"  {name}", np.round(e.mean(0), 3), "SDR", round(float(-10 * np.log10(e.sum(1)).mean()), 2), flush=True)
        for n in (2048, 4096):
            for p in (1, 2):
                r = [wiener(x, v + a, n, p) for (v, a), x in zip(pairs, est)]
                d = lambda ys: round(float(np.mean([10 * np.log10((v**2).sum() / ((v - y) ** 2).sum()) for (v, a), y in zip(pairs, ys)])), 2)
                print("     wiener", n, p, d(r), "mean", d([(x + y) / 2 for x, y in zip(est, r)]), "plain", d(est), flush=True)
