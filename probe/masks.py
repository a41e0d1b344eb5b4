"""Best mask value for each mask value, by kind of material, and SDR of logit a*x+b."""
import sys
from pathlib import Path
import numpy as np
from train.commands.shared import tracks_of
from train.data.corpus import load_corpus
from train.data.effects import relative_to
from train.evaluation import over_singers as osg, over_music as om
from train.evaluation.voice_variants import changed
from train.evaluation.evaluate import at_44100
from livevox.network.model import load_model
from livevox.network.masker import windowed_masker
from livevox.dsp.stft import *
D = Path("decoded")
tracks = tracks_of([*sys.argv[1].split(",")])
trials = osg.trials(load_corpus(osg.needed(tracks), "valid", D))
scenes = om.scenes(load_corpus([t for t in tracks if t.kind not in ("singing", "speech")], "valid", D))
valid = [t for t in tracks if t.split == "valid"]
stems = [(at_44100(t.vocals), at_44100(t.accompaniment)) for t in valid if t.dataset and t.vocals and t.accompaniment and not t.estimated and t.kind not in ("singing","speech","instrumental")]
sets = {"songs": [(v.mean(0), a.mean(0)) for v, a in stems]}
for var in ("as-is", "low-dark"):
    out = []
    for trial in trials:
        voice, _ = changed(trial.voice, trial.activity, var)
        for kind, pieces in trial.music.items():
            for piece in pieces:
                b = osg.ALONE_FRAMES * HOP
                music = piece[: b + len(voice)]
                out.append((np.pad(relative_to(music[b:], voice, 0.0), (b, 0)), music))
    sets[var] = out
sets["under voices"] = [(s.voice[0], s.music[0]) for s in scenes]
edges = np.array([0, .02, .05, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .98, 1.001])
for name in sys.argv[2:]:
    model = load_model(name)
    for kind, pairs in sets.items():
        num, den = np.zeros(14), np.zeros(14)
        grid = [(1, 0), (1, .2), (1, .4), (1, .7), (1.2, 0), (1.2, .3), (.85, 0), (.85,.3), (1,-.3)]
        res = {g: [] for g in grid}
        for v, a in pairs:
            V, X = stft(v[None])[0, :, :257], stft((v + a)[None])[0, :, :257]
            masker = windowed_masker(model)
            x = network_input(stft((v + a)[None]))
            m, _ = masker.feed(np.concatenate([x, np.zeros((64, 257), np.float32)]))
            m = m[: len(X)]
            p = np.abs(X) ** 2
            t = (V * X.conj()).real
            i = np.digitize(m, edges) - 1
            num += np.bincount(i.ravel(), t.ravel(), 14); den += np.bincount(i.ravel(), p.ravel(), 14)
            l = np.log(np.maximum(m, 1e-6) / np.maximum(1 - m, 1e-6))
            for ga, gb in grid:
                mm = 1 / (1 + np.exp(-(ga * l + gb)))
                res[ga, gb].append(10 * np.log10((np.abs(V) ** 2).sum() / (np.abs(V - mm * X) ** 2).sum()))
        print(name, kind, "best:", np.round(num / np.maximum(den, 1e-9), 2), flush=True)
        print("   energy:", np.round(den / den.sum(), 3))
        print("   ", {g: round(float(np.mean(r)), 2) for g, r in res.items()}, flush=True)
