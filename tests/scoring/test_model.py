"""Score models: presets, files, weights."""

import pytest

from recallgeo.errors import ConfigError, ScoringError
from recallgeo.scoring import Criterion, ScoreModel, Tier

TIERS = """
name = "two"
[[tier]]
number = 0
label = "first"
rule = "severity >= 0.6"
source = "judgement"
[[tier]]
number = 1
label = "rest"
rule = "otherwise"
source = "judgement"
"""
UNITS = """
[[criterion]]
name = "units"
column = "units"
weight = 1.0
transform = "log"
bounds = [0, 100]
source = "judgement"
"""


def write(folder, text):
    path = folder / "model.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_line_of_the_preset_has_a_source(model):
    assert all(part.source for part in (*model.tiers, *model.criteria))


def test_the_preset_keeps_the_proportions_of_the_evidence(model):
    weights = model.weights
    assert sum(weights.values()) == pytest.approx(1.0)
    assert weights["severity"] / weights["units"] == pytest.approx(0.22 / 0.13)
    assert weights["age"] == 0


def test_a_model_survives_plain_data(model):
    assert ScoreModel.from_dict(model.to_dict()) == model


def test_a_model_survives_a_file(model, tmp_path):
    import tomli_w

    path = write(tmp_path, tomli_w.dumps(model.to_dict()))
    assert ScoreModel.from_toml(path) == model


def test_with_weights_keeps_the_others_in_proportion(model):
    changed = model.with_weights(severity=0.5).weights
    assert changed["severity"] == pytest.approx(0.5)
    assert sum(changed.values()) == pytest.approx(1.0)
    assert changed["units"] / changed["nearby"] == pytest.approx(1.3)


def test_all_weights_together_are_relative(model):
    names = [criterion.name for criterion in model.criteria]
    changed = model.with_weights(**dict.fromkeys(names, 2.0))
    assert changed.weights["age"] == pytest.approx(1 / 9)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"severty": 0.5}, "no criterion 'severty' in model 'default'; did you mean 'severity'"),
        ({"severity": -0.1}, "weight of 'severity' is -0.1"),
        ({"severity": float("nan")}, "weight of 'severity' is nan"),
        ({"severity": 0.8, "units": 0.4}, "the shares sum to 1.2, expected at most 1"),
    ],
)
def test_wrong_weights_are_refused(model, weights, said):
    with pytest.raises(ScoringError, match=said):
        model.with_weights(**weights)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TIERS, "every weight is 0 or no criterion"),
        (TIERS + UNITS.replace("1.0", "0.9"), r"weights sum to 0.9, expected 1 \(units 0.9\)"),
        (TIERS + UNITS.replace("weight", "wieght"), "unknown key 'wieght'; did you mean 'weight'"),
        (TIERS + UNITS.replace('source = "judgement"', ""), "criterion 'units': source is missing"),
        (TIERS.replace('source = "judgement"', "", 1) + UNITS, "tier 0: key 'source' is missing"),
        (TIERS + UNITS.replace("1.0", '"1"'), "weight is '1', expected int or float"),
        (TIERS + UNITS.replace("[0, 100]", "[0]"), r"bounds is \[0\], expected \[low, high\]"),
        (TIERS + UNITS + UNITS, "criterion 'units' stands there twice"),
        (TIERS.replace("otherwise", "units >= 1") + UNITS, 'the last tier alone has rule = "other'),
        (TIERS.replace("number = 1", "number = 2") + UNITS, r"numbered \[0, 2\], expected 0, 1"),
        (TIERS.replace(">= 0.6", "=> 0.6") + UNITS, "tier 0: rule 'severity => 0.6'"),
        ("criterion = 3\n" + TIERS, r"criterion is int, expected tables: write \[\[criterion\]\]"),
        ("draws = 3\n" + TIERS + UNITS, "score model: unknown key 'draws'"),
        ("concentration = 0\n" + TIERS + UNITS, "concentration is 0, expected more than 0"),
    ],
)
def test_a_wrong_file_is_refused_with_what_to_write(tmp_path, text, said):
    with pytest.raises(ScoringError, match=said) as caught:
        ScoreModel.from_toml(write(tmp_path, text))
    assert "model.toml" in str(caught.value)


def test_a_file_that_is_not_toml_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="not TOML"):
        ScoreModel.from_toml(write(tmp_path, "name = "))


def test_a_model_without_tiers_is_refused():
    units = Criterion(
        name="units", column="units", weight=1.0, transform="log", bounds=(0, 9), source="judgement"
    )
    with pytest.raises(ScoringError, match="numbered"):
        ScoreModel(name="none", tiers=(), criteria=(units,))


def test_a_tier_is_read_once_and_kept():
    assert str(Tier(number=0, label="x", rule="a>1", source="judgement").parsed) == "a > 1"
