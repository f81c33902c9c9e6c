from tests.mutants import README, readme

README.write_text(readme(), encoding="utf-8", newline="\n")
