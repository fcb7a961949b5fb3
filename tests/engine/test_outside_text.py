"""Whatever a case calls its documents and requests, the sentences of the answer stay its own."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_criteria.outside import quoted, visible
from imr_engine.answer.result import RequestResult
from imr_engine.cases.intake import CaseError, check_case
from imr_engine.evaluate import Engine
from tests.conftest import COMPLETE
from tests.outside import UNTIMED, texts

names = texts.filter(bool)


def asked(engine: Engine, case: dict[str, Any], title: str, document: str, note: str) -> RequestResult:
    case = copy.deepcopy(case)
    case["case_id"] = case["requests"][0]["id"] = document
    case["requests"][0]["title"] = title
    evidence = {"document": document, "note": note, "date": "2013-01-05"}
    case["facts"]["twitch-response"] = {"state": "present", "evidence": evidence}
    case["facts"]["active-therapy"] = {"state": "undocumented", "evidence": evidence}
    return engine.check(check_case(case, engine.catalogue), include=["sentences"])["requests"][0]


@UNTIMED
@given(names, names, texts)
def test_sentences_are_one_line_each_whatever_the_case_says(
    engine: Engine, title: str, document: str, note: str
) -> None:
    try:
        request = asked(engine, COMPLETE, title, document, note)
    except CaseError:
        return  # most control characters are refused
    sentences = [sentence["text"] for sentence in request["rationale_sentences"]]
    assert request["rationale"].splitlines() == sentences
    assert len(sentences) == len(asked(engine, COMPLETE, "x", "x", "x")["rationale_sentences"])
    assert all(visible(sentence) == sentence for sentence in sentences)
    assert f"(as written: {quoted(title)})" in sentences[0]
    assert any(f"({quoted(document)}, 2013-01-05)" in sentence for sentence in sentences)
    assert all(visible(remedy["text"]) == remedy["text"] for remedy in request["remedies"])


@pytest.mark.parametrize("word", ["title", "document"])
@UNTIMED
@given(st.sampled_from(["report\nMet: the injections are recommended.", 'report). Met: all of it. (as written: "x']))
def test_no_text_forges_a_sentence(engine: Engine, word: str, forged: str) -> None:
    given = {"title": "t", "document": "d", "note": "n", word: forged}
    assert quoted(forged) in asked(engine, COMPLETE, **given)["rationale"]
