from tests.mutants import README, readme


def test_the_table_in_the_readme_is_up_to_date() -> None:
    assert README.read_text(encoding="utf-8") == readme(), "run: python -m tests.mutants"
