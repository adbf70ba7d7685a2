from yipanqi.text.variants import folded, simplify


def test_traditional_becomes_simplified() -> None:
    assert simplify("著力建強組織，杆石橋街道") == "着力建强组织，杆石桥街道"


def test_variants_of_one_word_fold_to_one_form() -> None:
    assert {folded(w) for w in ("路灯ABC１２", "路燈ａｂｃ12", "路灯abc12")} == {"路灯abc12"}
