"""Which files name a customer: in any encoding, and never because of a longer number."""

import pytest

from aiassist.segments.customers.files import ENCODINGS, forget_files_that_name


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", ["order,100001,paid", "100001", "周一鸣,x"])
def test_a_file_that_names_her_goes(tmp_path, encoding, text):
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    assert forget_files_that_name([tmp_path], ["100001", "周一鸣"]) == [path]
    assert not path.exists()


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", ["order,2100001,paid", "1000012", "2100001", "somebody else"])
def test_a_longer_number_is_somebody_elses(tmp_path, encoding, text):
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    assert forget_files_that_name([tmp_path], ["100001"]) == []
    assert path.exists()


def test_a_word_between_two_pieces_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("aiassist.segments.customers.files.PIECE", 8)
    path = tmp_path / "list.csv"
    path.write_text("a,b,c,KUNDE-8802,d")
    assert forget_files_that_name([tmp_path], ["KUNDE-8802"]) == [path]
