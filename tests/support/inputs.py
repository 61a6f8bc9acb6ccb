"""The same 40 x 5 probabilities (or logits, l_*) in every form that NumPy and
pandas write: for tests/bench/commands/test_reading.c. Each file is named with
what it is read with, on a line of its own: FILE OPTIONS KIND; KIND is exact,
half (numbers of 16 bits) or refused."""
import pickle

import numpy
import pandas

generator = numpy.random.default_rng(1)
l = generator.normal(size=(40, 5)) * 2
p = numpy.exp(l) / numpy.exp(l).sum(1, keepdims=True)


def told(file, options="-", kind="exact"):
    print(file, options, kind)
    return file


numpy.save(told("f8.npy"), p)
numpy.save(told("fortran.npy"), numpy.asfortranarray(p))
numpy.save(told("big.npy"), p.astype(">f8"))
numpy.save(told("big_fortran.npy"), numpy.asfortranarray(p.astype(">f8")))
numpy.save(told("f2.npy", kind="half"), p.astype("f2"))
numpy.save(told("big_f2.npy", kind="half"), numpy.asfortranarray(p.astype(">f2")))
numpy.save(told("l_f8.npy", "logits=1"), l)
numpy.save(told("l_f2.npy", "logits=1", "half"), l.astype("f2"))
numpy.save(told("sums.npy", "renormalise=1"), 3 * p)
numpy.savez(told("only.npz"), p)
numpy.savez(told("named.npz", "array=sigma"), sigma=p, labels=numpy.arange(40))
numpy.savez_compressed(
    told("deflated.npz", "array=sigma"), sigma=numpy.asfortranarray(p), other=l
)
numpy.savez_compressed(
    told("l_deflated.npz", "array=l,logits=1", "half"), l=l.astype("f2"), other=p
)
numpy.savetxt(told("blanks.txt"), p)
numpy.savetxt(told("commas.csv"), p, delimiter=",", header="a,b,c,d,e")
numpy.savetxt(told("tabs.tsv"), p, delimiter="\t", header="a\tb", footer="end")
numpy.savetxt(told("semicolons.csv"), p, delimiter=";", header="a;b;c;d;e", comments="")
frame = pandas.DataFrame(p)
frame.to_csv(told("numbered.csv"), index=False)
frame.to_csv(told("plain.csv"), index=False, header=False)
frame.to_csv(told("semicolons_numbered.csv"), index=False, sep=";")
pandas.DataFrame(l).to_csv(told("l_numbered.csv", "logits=1"), index=False)
frame.rename(columns=str).add_prefix("class ").to_csv(told("names.csv"), index=False)

frame.to_csv(told("index.csv", kind="refused"))
frame.to_csv(told("decimal.csv", kind="refused"), index=False, sep=";", decimal=",")
numpy.savez(told("several.npz", kind="refused"), a=p, b=p)
numpy.save(
    told("objects.npy", kind="refused"), numpy.array([[1, None]], dtype=object)
)
numpy.save(told("cube.npy", kind="refused"), p.reshape(2, 20, 5))
numpy.save(told("l_f8_bare.npy", kind="refused"), l)
with open(told("pickle.npy", kind="refused"), "wb") as file:
    pickle.dump(p, file)
