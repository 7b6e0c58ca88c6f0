"""Whoever adds a model says how long its rows are kept: dacase/cases/data/retention.csv."""

from django.apps import apps

from dacase.cases.rules.people import rows

OURS = {"dacase", "referrals", "marac", "refuge", "reporting"}


def our_models():
    found = [model for model in apps.get_models() if model.__module__.split(".")[0] in OURS]
    return {model._meta.label_lower for model in found if not model.__name__.startswith("Historical")}


def test_every_model_has_one_class_and_no_line_is_left_over():
    listed = [row["model"] for row in rows("retention")]
    assert sorted(listed) == sorted(our_models())
