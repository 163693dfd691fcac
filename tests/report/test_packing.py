import base64
import gzip
import json

import numpy as np
import pandas as pd
import pytest

from recallgeo.report.packing import NO_NUMBER, pack_columns, whole_numbers


def unpacked(text):
    blob = gzip.decompress(base64.b64decode(text))
    length = int.from_bytes(blob[:4], "little")
    return json.loads(blob[4 : 4 + length]), blob[4 + length :]


def test_texts_travel_as_codes_from_one_and_missing_is_zero():
    head, body = unpacked(pack_columns({"a": pd.Series(["x", None, "y", "x"], dtype="str")}))
    assert head["a"] == {"type": "u1", "at": 0, "length": 4, "words": ["x", "y"]}
    assert list(body[:4]) == [1, 0, 2, 1]


def test_every_buffer_starts_at_a_multiple_of_eight():
    columns = {"a": np.array([1, 2, 3], np.uint8), "b": np.array([0.5, np.nan], np.float32)}
    head, body = unpacked(pack_columns(columns))
    assert head["b"]["at"] == 8
    assert len(body) == 16
    numbers = np.frombuffer(body, "<f4", count=2, offset=8)
    assert numbers[0] == 0.5
    assert np.isnan(numbers[1])


def test_more_than_255_words_take_two_bytes():
    head, _ = unpacked(pack_columns({"a": pd.Series([f"w{n}" for n in range(256)])}))
    assert head["a"]["type"] == "u2"


def test_same_columns_give_the_same_text():
    columns = {"a": pd.Series(["<b>", None]), "b": whole_numbers(pd.Series([1, None]))}
    assert pack_columns(columns) == pack_columns(columns)


def test_missing_whole_number_is_not_zero():
    assert whole_numbers(pd.Series([0, None], dtype="Int64")).tolist() == [0, NO_NUMBER]


def test_type_that_the_page_cannot_read_is_refused():
    with pytest.raises(TypeError, match="'a' is int64"):
        pack_columns({"a": np.array([1])})


def test_no_rows_pack_too():
    head, _ = unpacked(pack_columns({"a": pd.Series([], dtype="str")}))
    assert head["a"]["length"] == 0
