#!/usr/bin/env python3
"""Sparse matrices as SciPy keeps them, by Python's own zipfile and struct, for
test_npz.c.

npz.py show FILE
    A line a member: name, method, date, type, shape, elements; stops at whatever
    numpy.lib.format does not describe.
npz.py make FILE KEY=VALUE...
    Write an archive. indptr, indices, data, shape: numbers with commas; format:
    csr; integer: i4 or i8; real: f4 or f8; text: S3 or U3; method: stored or
    deflated or bzip2; zip64=1: as numpy.savez opens its members; without=NAME;
    more=NAME: another member.
"""
import ast
import struct
import sys
import zipfile

METHODS = {"stored": zipfile.ZIP_STORED, "deflated": zipfile.ZIP_DEFLATED,
           "bzip2": zipfile.ZIP_BZIP2}
CODES = {"<i4": "i", "<i8": "q", "<f4": "f", "<f8": "d"}


def elements(data):
    """The header and the elements of an array, checked to the byte."""
    assert data[:8] == b"\x93NUMPY\x01\x00", data[:8]
    length, = struct.unpack("<H", data[8:10])
    assert (10 + length) % 64 == 0, length
    text = data[10:10 + length].decode("latin1")
    assert text.endswith("\n"), text
    header = ast.literal_eval(text)
    assert sorted(header) == ["descr", "fortran_order", "shape"], header
    assert header["fortran_order"] is False
    count = 1
    for dimension in header["shape"]:
        count *= dimension
    rest = data[10 + length:]
    if header["descr"] == "|S3":
        assert len(rest) == 3 * count
        return header, [rest]
    assert len(rest) == count * struct.calcsize("<" + CODES[header["descr"]])
    code = "<%d%s" % (count, CODES[header["descr"]])
    return header, list(struct.unpack(code, rest))


def show(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for info in archive.infolist():
            header, found = elements(archive.read(info))
            method = {number: name for name, number in METHODS.items()}
            print(info.filename, method[info.compress_type],
                  "-".join(map(str, info.date_time)), header["descr"],
                  header["shape"], *found)


def array(descr, shape, data):
    text = str({"descr": descr, "fortran_order": False, "shape": shape})
    text = text[:-1] + ", }"
    text += " " * ((-len(text) - 11) % 64) + "\n"
    return (b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text))
            + text.encode("latin1") + data)


def numbers(descr, text):
    read = float if "f" in descr else int
    of = [read(word) for word in text.split(",") if word]
    return array(descr, (len(of),),
                 struct.pack("<%d%s" % (len(of), CODES[descr]), *of))


def make(path, words):
    given = dict(word.split("=", 1) for word in words)
    integer = "<" + given.get("integer", "i4")
    text = given.get("format", "csr")
    kept = (array("<U3", (), text.encode("utf-32-le"))
            if given.get("text") == "U3"
            else array("|S3", (), text.encode("ascii")))
    members = {
        "indices": numbers(integer, given["indices"]),
        "indptr": numbers(integer, given["indptr"]),
        "format": kept,
        "shape": numbers("<i8", given["shape"]),
        "data": numbers("<" + given.get("real", "f8"), given["data"]),
    }
    members.pop(given.get("without"), None)
    if "more" in given:
        members[given["more"]] = array("|b1", (), b"\x01")
    method = METHODS[given.get("method", "stored")]
    with zipfile.ZipFile(path, "w", method, allowZip64=True) as archive:
        for name, data in members.items():
            with archive.open(name + ".npy", "w",
                              force_zip64="zip64" in given) as member:
                member.write(data)


if sys.argv[1] == "show":
    show(sys.argv[2])
else:
    make(sys.argv[2], sys.argv[3:])
