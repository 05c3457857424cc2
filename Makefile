# On a machine with make. Without it (Windows): py bootstrap.py nightly, py bootstrap.py test.
PYTHON ?= python3

.PHONY: nightly test check setup clean

nightly test check setup clean:
	@$(PYTHON) bootstrap.py $@
