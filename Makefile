# The targets of a working copy. All that they make lies in .venv/, .demo/ and build/; `make clean` removes it.
#
#   make run                                    mirror a demo directory to an S3 endpoint on this machine
#   make run SOURCE=dir                         the same with a directory of yours, which is only read
#   make run SOURCE=dir BUCKET=s3://mine/new    mirror it to your bucket, with your credentials and your aws
#   make run ... SWITCHES='--verifyOnly'        give the tool these switches, too
#   make test TESTS='-k manpages'               run some of the tests
#   make bench BENCH='--files 10000 --rounds 5' time it beside what else there is

PYTHON = python3
TESTS =
SWITCHES =
BENCH =
export SOURCE BUCKET SWITCHES

INSTALL = .venv/bin/python -m pip install -qq --disable-pip-version-check

.PHONY: help run test check bench dist deb man completion clean

help:
	@sed -n 's/^#   //p' Makefile
	@echo 'make check, make bench, make dist, make deb, make man, make completion, make clean'

run: .venv/with-aws
	@.venv/bin/python util/demo.py

test: .venv/with-dev
	.venv/bin/python -m pytest -n auto --dist loadgroup $(TESTS)

check: .venv/with-dev
	.venv/bin/python -m ruff check
	.venv/bin/python -m ruff format --check
	.venv/bin/python -m mypy
	.venv/bin/python -m pytest -q tests/test_floors.py
	@sh util/lintman.sh manpages/*.1

bench: .venv/with-dev
	.venv/bin/python -m util.charsetbench
	.venv/bin/python -m util.contentbench
	.venv/bin/python -m util.uploadbench
	.venv/bin/python -m util.benchmark $(BENCH)
	.venv/bin/python -m util.restorebench

deb:
	@sh util/builddeb.sh build/deb

dist: .venv/with-dev
	@.venv/bin/python util/builddist.py build/dist

man:
	@man -l manpages/*.1

completion:
	@mkdir -p build/completion
	@$(PYTHON) util/completion.py build/completion

clean:
	rm -rf .venv .demo build dist *.egg-info .*_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/made:
	@sh util/checkpython.sh $(PYTHON)
	@echo 'Setting up .venv (a minute or two, once)'
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/with-aws: .venv/made pyproject.toml
	@$(INSTALL) -e '.[aws]'
	@touch $@

.venv/with-dev: .venv/made pyproject.toml
	@$(INSTALL) -e '.[dev]'
	@touch $@
