"""hjudge.py CKPT... : songs sdr, pauses, AU-ROC; singers as-is, low-dark; scenes."""
import sys, os
from pathlib import Path
import numpy as np, torch
from train.commands.shared import tracks_of
from train.data.corpus import load_corpus
from train.evaluation import over_singers as osg, over_music as om
from train.evaluation.evaluate import Separated, at_44100, labels_of
from train.evaluation.silence import *
import train.evaluation.silence as si
from livevox.metrics import sdr
from livevox.dsp.stft import *
from train.fitting.validation import masks_of
from train.network.checkpoints import load_network
from train.network.model import Net
from sklearn.metrics import roc_auc_score
torch.set_num_threads(int(os.environ.get("T","1")))

from train.data.training_example import RES, long_input, long_spectra, STARTS, COUNTS
from train.fitting.validation import any_input
W = np.hanning(2049)[:-1].astype(np.float32)
def system(path):
    net = load_network(Path(path))
    @torch.no_grad()
    def run(mixture, stems):
        s = stft(mixture)
        mask, act = masks_of(net, any_input(s).astype(np.float32))
        if not RES:
            full = np.concatenate([mask, np.repeat(mask[:, -1:], 513-257, 1)], 1)
            v = istft((s * full[None]).astype(np.complex64), mixture.shape[1])
        else:
            full = np.concatenate([np.repeat(mask, COUNTS.astype(int), axis=1), np.repeat(mask[:, -1:], 512, 1)], 1)
            v = []
            for channel in s:
                parts = np.fft.irfft(long_spectra(channel) * full, 2048, axis=-1) * W / 1.5
                out = np.zeros((len(parts) + 3) * 512)
                for q in range(4):
                    out[q * 512 : (q + len(parts)) * 512] += parts[:, q * 512 : (q + 1) * 512].reshape(-1)
                v.append(out[1024 : 1024 + mixture.shape[1]])
            v = np.array(v, np.float32)
        return Separated(v, mixture - v, act)
    return run

tracks = tracks_of([*sys.argv[1].split(",")])
valid = [t for t in tracks if t.split == "valid"]
corpus = load_corpus(osg.needed(tracks), "valid", Path("decoded"))
trials = osg.trials(corpus)
def names(): 
    for a in sys.argv[2:]: yield a, system(a)
songs = []
for t in valid:
    if t.vocals is not None and t.accompaniment is not None and not t.estimated:
        v, a = at_44100(t.vocals), at_44100(t.accompaniment); songs.append((t, v, a, v + a))
    elif t.kind in ("song","labelled") or getattr(t, "labels", None) is not None:
        pass
for name, s in names():
    line = []
    sd = []
    for t, v, a, m in songs:
        e = s(m, None); sd.append(sdr(v, e.vocals))
    line.append(f"songs {np.mean(sd):.2f}")
    for var in ("as-is", "low-dark"):
        rows = osg.over_singers({name: s}, trials, (var,), (0.0,), lambda: None)
        line.append(f"{var} {osg.over_all(rows,'sdr').value:.2f}/{osg.over_all(rows,'au_roc').value:.3f}")
        line.append("v8 %.1f" % min(osg.of_singer(rows,'sdr').values()))
    print(name[-40:], "; ".join(line), flush=True)
