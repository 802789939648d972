@pytest.mark.parametrize("number", [974, 1007])
def test_the_plan_of_the_likeliest_future_holds_in_no_other(number: int) -> None:
    assert compare_dates(number) is None
