"""Spellings: letter case, accents, punctuation, scripts."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from recallgeo.spelling import fold_text, join_texts, latin_text


def test_accents_case_and_punctuation_do_not_count():
    spelled = pd.Series(["Île-de-France", "ILE DE FRANCE", "  ile, de  france. "])
    assert latin_text(spelled).unique().tolist() == ["ile de france"]


def test_text_without_letter_or_digit_is_missing():
    assert latin_text(pd.Series(["", " - ", "\U0001f600", None])).isna().all()


def test_folding_keeps_the_script():
    assert fold_text(pd.Series(["Αθήνα"])).tolist() == ["αθηνα"]


def test_index_and_order_are_kept_though_labels_are_odd():
    texts = pd.Series(["B", "A", "B"], index=[7, 3, 5])
    assert latin_text(texts).to_dict() == {7: "b", 3: "a", 5: "b"}


def test_an_empty_table_gives_an_empty_one():
    assert latin_text(pd.Series([], dtype="str")).empty


@given(st.text(max_size=40))
def test_latin_text_is_ascii_and_stable(text):
    once = latin_text(pd.Series([text], dtype="str"))
    if once.notna().all():
        assert once.iloc[0].isascii()
        assert latin_text(once).tolist() == once.tolist()


def test_a_missing_text_counts_as_empty_when_joined():
    table = pd.DataFrame({"a": ["x", None]}, index=["r", "s"], dtype="str")
    assert join_texts(table.assign(b="y"), "|").to_dict() == {"r": "x|y", "s": "|y"}
